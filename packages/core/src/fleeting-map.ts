/** Entries removed before the map is made anew, at least. */
const RENEW_AFTER = 1024

/**
 * A map for entries that come and go by the thousand, each soon after the other.
 *
 * In V8 a table that a Map has outgrown goes on to point at the one that took its place. Once one of them has become old,
 * all tables after it outlive the collections of the young generation, with everything that was in them when they were
 * left: at a hundred calls under way that was a third of all that the collector copied. So the map is left for a copy of
 * itself now and then, to which nothing points.
 */
export class FleetingMap<K, V> {
  #map = new Map<K, V>()
  #removed = 0

  get size(): number {
    return this.#map.size
  }

  get(key: K): V | undefined {
    return this.#map.get(key)
  }

  has(key: K): boolean {
    return this.#map.has(key)
  }

  set(key: K, value: V): void {
    this.#map.set(key, value)
  }

  /** Returns whether the key was there. */
  delete(key: K): boolean {
    if (!this.#map.delete(key)) return false
    this.#removed += 1
    if (this.#removed >= RENEW_AFTER && this.#removed >= this.#map.size) this.#renew()
    return true
  }

  clear(): void {
    this.#map = new Map()
    this.#removed = 0
  }

  /** Keys at this moment, in the order in which they came. */
  keys(): readonly K[] {
    return [...this.#map.keys()]
  }

  /** Values at this moment, in the order in which they came. */
  values(): readonly V[] {
    return [...this.#map.values()]
  }

  /** Entries in the order in which they came; one that is removed on the way may come all the same. */
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#map[Symbol.iterator]()
  }

  #renew(): void {
    this.#map = new Map(this.#map)
    this.#removed = 0
  }
}
