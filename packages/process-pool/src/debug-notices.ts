/** What Node says on stderr when it begins to listen for debuggers, as it does at SIGUSR1. */
const LISTENING = /^Debugger listening on ws:/
const HELP = /^For help, see: https:\/\/nodejs\.org\//

/** Tells what a process says itself from what Node says about debuggers. */
export class DebugNotices {
  #listening = false

  /** What a line on stderr is: a signal was heard, a part of that news, or something else. */
  read(line: string): 'signal' | 'notice' | 'line' {
    const wasListening = this.#listening
    this.#listening = LISTENING.test(line)
    if (this.#listening) return 'signal'
    return wasListening && HELP.test(line) ? 'notice' : 'line'
  }
}
