/** Whether no more than `levels` containers of a parsed JSON value are inside each other. */
export function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  return Array.isArray(value) ? elementsWithin(value, levels - 1) : propertiesWithin(value, levels - 1)
}

function elementsWithin(array: readonly unknown[], levels: number): boolean {
  for (const element of array) {
    if (typeof element === 'object' && !isWithinDepth(element, levels)) return false
  }
  return true
}

function propertiesWithin(object: object, levels: number): boolean {
  const record = object as Readonly<Record<string, unknown>>
  for (const key in record) {
    const value = record[key]
    if (typeof value === 'object' && !isWithinDepth(value, levels)) return false
  }
  return true
}
