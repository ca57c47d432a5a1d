/** The keys that lead from the list of arguments to one place in it, as the arguments stand in JSON. */
export type HolePath = readonly (string | number)[]

/** The places where Deferreds stood: one hole for each Deferred, in the order of their first places. */
export class Holes {
  readonly #places = new Map<{ readonly id: string }, HolePath[]>()

  add(deferred: { readonly id: string }, path: HolePath): void {
    const places = this.#places.get(deferred)
    if (places === undefined) this.#places.set(deferred, [path])
    else places.push(path)
  }

  get deferreds(): readonly { readonly id: string }[] {
    return [...this.#places.keys()]
  }

  get paths(): readonly (readonly HolePath[])[] {
    return [...this.#places.values()]
  }
}
