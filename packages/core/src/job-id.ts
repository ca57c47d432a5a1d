import { randomBytes } from 'node:crypto'

const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

/** Bits of the counter: it starts below half of its range, so that it can rise by 33 million within a millisecond. */
const COUNTER_BITS = 26
const COUNTER_END = 2 ** COUNTER_BITS

/** The text of the last id; only the digits of the counter change within a millisecond. */
const text = Buffer.alloc(36)
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
  const random = randomBytes(10)
  counter = random.readUInt32BE(6) >>> (33 - COUNTER_BITS)
  const time = ms.toString(16).padStart(12, '0')
  text.write(`${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${random.toString('hex', 0, 6)}`, 'latin1')
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
