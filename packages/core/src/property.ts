/** Read a property of a foreign object; `undefined` if that throws, as getters and proxies may. */
export function property(object: object, key: string): unknown {
  try {
    return (object as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}
