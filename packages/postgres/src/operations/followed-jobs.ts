/** An id with a mark that is another one after each append. */
export type StoredMarkOfJob = readonly [id: string, mark: string]

/** The jobs that a session follows, and how far it knows what was appended to them. */
export class FollowedJobs {
  /** No mark: the next one that is seen is the first. */
  readonly #marks = new Map<string, string | undefined>()

  get size(): number {
    return this.#marks.size
  }

  has(id: string): boolean {
    return this.#marks.has(id)
  }

  add(ids: readonly string[]): void {
    for (const id of ids) if (!this.#marks.has(id)) this.#marks.set(id, undefined)
  }

  /** False if nobody followed it. */
  delete(id: string): boolean {
    return this.#marks.delete(id)
  }

  /** Something was told of it: what a look finds next is no news. */
  told(id: string): void {
    if (this.#marks.has(id)) this.#marks.set(id, undefined)
  }

  /** Some to look at; those stand behind the others from now on. */
  next(limit: number): readonly string[] {
    const some = [...this.#marks.keys()].slice(0, limit)
    for (const id of some) {
      const mark = this.#marks.get(id)
      this.#marks.delete(id)
      this.#marks.set(id, mark)
    }
    return some
  }

  /** What a look has found. Returns the ids that something was appended to since the look before. */
  found(marks: readonly StoredMarkOfJob[]): readonly string[] {
    return marks.flatMap(([id, mark]) => {
      if (!this.#marks.has(id)) return []
      const before = this.#marks.get(id)
      this.#marks.set(id, mark)
      return before === undefined || before === mark ? [] : [id]
    })
  }
}
