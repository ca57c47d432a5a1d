import { randomFillSync } from 'node:crypto'

const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

/** Bits of the counter: it starts below half of its range, so that it can rise by 33 million within a millisecond. */
const COUNTER_BITS = 26
const COUNTER_END = 2 ** COUNTER_BITS

/** Random bytes that a millisecond takes, and those of many: asking for them costs more than they do. */
const TAKEN = 10
const random = new Uint8Array(TAKEN * 100)
let randomAt = random.length

/** The text of the last id; only the digits of the counter change within a millisecond. */
const text = Buffer.from('00000000-0000-7000-8000-000000000000')
let lastMs = 0
let counter = 0

/**
 * A new job id: a uuidv7, unique without asking anybody. The ids of one process rise as text, also within a millisecond
 * and when the machine's clock goes back: 48 bits of time, a counter of 26, and 48 random ones. Counter and random bits
 * start anew with each millisecond.
 */
export function newJobId(): string {
  const now = Date.now()
  if (now > lastMs) startMillisecond(now)
  else if (counter + 1 === COUNTER_END) startMillisecond(lastMs + 1)
  else counter += 1

  writeCounter(counter)
  return text.toString('latin1')
}

function startMillisecond(ms: number): void {
  lastMs = ms
  if (randomAt === random.length) {
    randomFillSync(random)
    randomAt = 0
  }
  const [high, middle, low] = [takeRandom(4), takeRandom(3), takeRandom(3)]
  counter = high >>> (33 - COUNTER_BITS)
  writeDigits(0, 8, Math.floor(ms / 2 ** 16))
  writeDigits(9, 4, ms % 2 ** 16)
  writeDigits(24, 6, middle)
  writeDigits(30, 6, low)
}

/** A number of so many random bytes, which are used up. */
function takeRandom(bytes: number): number {
  let value = 0
  for (const end = randomAt + bytes; randomAt < end; randomAt += 1) {
    value = (value << 8) | (random[randomAt] as number)
    random[randomAt] = 0
  }
  return value
}

function writeDigits(at: number, count: number, value: number): void {
  let left = value
  for (let place = at + count - 1; place >= at; place -= 1) {
    text[place] = digit(left)
    left >>>= 4
  }
}

// Twelve bits after the version, fourteen after the variant.
function writeCounter(value: number): void {
  text[15] = digit(value >>> 22)
  text[16] = digit(value >>> 18)
  text[17] = digit(value >>> 14)
  text[19] = digit(8 | ((value >>> 12) & 3))
  text[20] = digit(value >>> 8)
  text[21] = digit(value >>> 4)
  text[22] = digit(value)
}

function digit(value: number): number {
  return DIGITS[value & 15] as number
}
