/** Runs in a row without a turn of the event loop, after which `onTickEnd` leaves room for input, timers and signals. */
const RUNS_PER_TURN = 64

let runs = 0
let turnAsked = false

/**
 * Call back when what runs now is done: after the current callback and every promise that it settles, so that all they
 * ask for can travel together; nobody waits for a timer. Once in 64 times it lets the event loop turn first.
 */
export function onTickEnd(flush: () => void): void {
  if (runs < RUNS_PER_TURN) {
    process.nextTick(run, flush)
    return
  }
  setImmediate(run, flush)
}

function run(flush: () => void): void {
  runs += 1
  if (!turnAsked) {
    turnAsked = true
    setImmediate(endTurn)
  }
  flush()
}

function endTurn(): void {
  runs = 0
  turnAsked = false
}
