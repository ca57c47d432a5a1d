const ESCAPE = '\x1a'

/** What Postgres cannot store as text: NUL and half surrogate pairs. The escape itself is escaped too. */
const UNSTORABLE = new RegExp(`[\0${ESCAPE}]|\\p{Surrogate}`, 'u')
const EACH_UNSTORABLE = new RegExp(UNSTORABLE, 'gu')
const ESCAPED = new RegExp(`${ESCAPE}(.)`, 'gsu')

/** Half surrogate pairs become as many characters of the private use area, NUL a digit. */
const SURROGATES = 0xd800
const PRIVATE_USE = 0xe000

/** Any string as one that Postgres can store; unlike strings stay unlike. */
export function escapeText(text: string): string {
  return UNSTORABLE.test(text) ? text.replace(EACH_UNSTORABLE, escapeOne) : text
}

/** The string that was escaped. */
export function unescapeText(text: string): string {
  return text.includes(ESCAPE) ? text.replace(ESCAPED, (_, escaped: string) => unescapeOne(escaped)) : text
}

/** A value for JSON with every string in it escaped, keys of objects too. */
export function escapeDeep(value: unknown): unknown {
  return mapStrings(value, escapeText)
}

/** The value that was escaped. */
export function unescapeDeep(value: unknown): unknown {
  return mapStrings(value, unescapeText)
}

function escapeOne(found: string): string {
  if (found === '\0') return `${ESCAPE}0`
  if (found === ESCAPE) return ESCAPE + ESCAPE
  return ESCAPE + String.fromCharCode(found.charCodeAt(0) - SURROGATES + PRIVATE_USE)
}

function unescapeOne(escaped: string): string {
  if (escaped === '0') return '\0'
  if (escaped === ESCAPE) return ESCAPE
  return String.fromCharCode(escaped.charCodeAt(0) - PRIVATE_USE + SURROGATES)
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((each) => mapStrings(each, change))
  if (typeof value !== 'object' || value === null) return value
  // Without a prototype, so that no key means anything.
  const mapped: Record<string, unknown> = Object.create(null)
  for (const [key, each] of Object.entries(value)) mapped[change(key)] = mapStrings(each, change)
  return mapped
}
