const UUID_LENGTH = 36

/** How many bytes stand for a uuid. */
export const UUID_BYTES = 16

/** Where the pairs of digits stand, and the dashes between them. */
const PAIRS = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34)
const DASHES = Uint8Array.of(8, 13, 18, 23)
const DASH = 0x2d

const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

/** Above all values of digits. */
const NO_DIGIT = 0xf0

/** The values of the digits, by their code. */
const VALUES = new Uint8Array(256).fill(NO_DIGIT)
for (const [value, code] of DIGITS.entries()) VALUES[code] = value

/** Where texts are taken apart and put together: a call for each of their letters costs more than one that copies them. */
const text = Buffer.alloc(UUID_LENGTH)

/** Write the bytes of a uuid in small letters. Returns whether the text is one: if not, what was written is of no use. */
export function writeUuid(value: string, bytes: Buffer, at: number): boolean {
  if (value.length !== UUID_LENGTH || text.write(value) !== UUID_LENGTH) return false
  let found = 0
  for (let index = 0; index < UUID_BYTES; index += 1) {
    const place = PAIRS[index] as number
    const high = VALUES[text[place] as number] as number
    const low = VALUES[text[place + 1] as number] as number
    found |= high | low
    bytes[at + index] = (high << 4) | low
  }
  return found < NO_DIGIT && hasDashes()
}

function hasDashes(): boolean {
  for (let index = 0; index < DASHES.length; index += 1) if (text[DASHES[index] as number] !== DASH) return false
  return true
}

/** The uuid that these bytes stand for. */
export function readUuid(bytes: Buffer, at: number): string {
  for (let index = 0; index < UUID_BYTES; index += 1) {
    const place = PAIRS[index] as number
    const byte = bytes[at + index] as number
    text[place] = DIGITS[byte >> 4] as number
    text[place + 1] = DIGITS[byte & 0x0f] as number
  }
  for (let index = 0; index < DASHES.length; index += 1) text[DASHES[index] as number] = DASH
  return text.toString('latin1')
}
