/** Calls that wait for their answer, by number: what a bare channel needs to be called like a pool. */
export class Pending {
  readonly #calls = new Map<number, (value: unknown) => void>()
  #last = 0

  /** Send a call under a number of its own; resolves with its answer. */
  call(send: (id: number) => void): Promise<unknown> {
    this.#last += 1
    const id = this.#last
    const answer = new Promise<unknown>((resolve) => this.#calls.set(id, resolve))
    send(id)
    return answer
  }

  answered({ id, value }: { readonly id: number; readonly value: unknown }): void {
    this.#calls.get(id)?.(value)
    this.#calls.delete(id)
  }
}
