const LONGEST_SCANNED = 40
const MOST_ARGUMENTS = 4

const QUOTE = 0x22
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
const OPEN = 0x5b
const BACKSLASH = 0x5c
const CLOSE = 0x5d

/** Whether JSON keeps a number: it has no NaN, no infinities and no negative zero. */
export function isJsonNumber(value: number): boolean {
  return value - value === 0 && (value !== 0 || 1 / value > 0)
}

/** JSON text of a primitive; `undefined` for whatever JSON cannot keep, and for objects. */
export function primitiveText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return isUnescaped(value) ? `"${value}"` : JSON.stringify(value)
    case 'number':
      return isJsonNumber(value) ? `${value}` : undefined
    case 'boolean':
      return value ? 'true' : 'false'
    default:
      return value === null ? 'null' : undefined
  }
}

/** JSON text of a short list of primitives, several times faster than `JSON.stringify`; `undefined` for other lists. */
export function primitiveListText(values: readonly unknown[], length: number): string | undefined {
  if (length > MOST_ARGUMENTS) return undefined
  let text = '['
  for (let index = 0; index < length; index += 1) {
    const item = primitiveText(values[index])
    if (item === undefined) return undefined
    text += index === 0 ? item : `,${item}`
  }
  return `${text}]`
}

/** What `JSON.parse` gives for `[5]` or `["a"]`, several times faster; `undefined` for whatever is not as simple. */
export function parseSingleList(text: string): [string | number] | undefined {
  if (text.charCodeAt(0) !== OPEN || text.charCodeAt(text.length - 1) !== CLOSE) return undefined
  const item = parsePrimitive(text, 1, text.length - 1)
  return item === undefined ? undefined : [item]
}

/** What `JSON.parse` gives for a short text between two places: a whole number or a plain string; else `undefined`. */
export function parsePrimitive(text: string, from: number, to: number): string | number | undefined {
  const length = to - from
  if (length < 1 || length > LONGEST_SCANNED) return undefined
  const first = text.charCodeAt(from)
  if (first === QUOTE) return parsePlainString(text, from, to)
  if (first === MINUS) {
    const digits = text.charCodeAt(from + 1) === ZERO ? undefined : parseDigits(text, from + 1, to)
    return digits === undefined ? undefined : -digits
  }
  return parseDigits(text, from, to)
}

function parseDigits(text: string, from: number, to: number): number | undefined {
  const length = to - from
  if (length < 1 || length > 15 || (length > 1 && text.charCodeAt(from) === ZERO)) return undefined
  let value = 0
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at)
    if (code < ZERO || code > NINE) return undefined
    value = value * 10 + code - ZERO
  }
  return value
}

function parsePlainString(text: string, from: number, to: number): string | undefined {
  if (to - from < 2 || text.charCodeAt(to - 1) !== QUOTE) return undefined
  for (let at = from + 1; at < to - 1; at += 1) {
    if (!isUnescapedCode(text.charCodeAt(at))) return undefined
  }
  return text.slice(from + 1, to - 1)
}

/** Whether a text is short and JSON writes it as it is; says no to all longer ones. */
export function isUnescaped(text: string): boolean {
  const length = text.length
  if (length > LONGEST_SCANNED) return false
  for (let at = 0; at < length; at += 1) {
    if (!isUnescapedCode(text.charCodeAt(at))) return false
  }
  return true
}

/** A character that JSON writes as it is; not so a surrogate, which may stand alone. */
function isUnescapedCode(code: number): boolean {
  return code >= 0x20 && code < 0xd800 && code !== QUOTE && code !== BACKSLASH
}
