const names = new Map<object, string>()
const makers = new Map<string, () => Error>()

for (const Class of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
  names.set(Class.prototype, Class.name)
  makers.set(Class.name, () => new Class('revived'))
}
names.set(AggregateError.prototype, 'AggregateError')
makers.set('AggregateError', () => new AggregateError([], 'revived'))

/** Name of the built-in class an error is of; `undefined` for an error of any other class. */
export function errorClassName(error: Error): string | undefined {
  return names.get(Object.getPrototypeOf(error))
}

/**
 * An error of a built-in class with these own properties and no others: `hidden` ones, such as the message, are not
 * enumerable. `undefined` for a class that is not built in.
 */
export function reviveError(
  className: string,
  hidden: Readonly<Record<string, unknown>>,
  visible: Readonly<Record<string, unknown>>,
): Error | undefined {
  const error = makers.get(className)?.()
  if (error === undefined) return undefined
  for (const name of Object.getOwnPropertyNames(error)) Reflect.deleteProperty(error, name)
  defineAll(error, hidden, false)
  defineAll(error, visible, true)
  return error
}

function defineAll(error: Error, properties: Readonly<Record<string, unknown>>, enumerable: boolean): void {
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(error, name, { value, enumerable, configurable: true, writable: true })
  }
}
