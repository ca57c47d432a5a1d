type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Only the fields that have a value. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, each]) => each !== undefined)) as Given<T>
}
