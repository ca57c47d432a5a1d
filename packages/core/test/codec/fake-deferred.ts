import { DEFERRED } from '../../src/deferred-brand.ts'

/** All that a codec may know of a Deferred: its brand and its id. */
export class FakeDeferred {
  readonly [DEFERRED] = true
  readonly id: string

  constructor(id: string) {
    this.id = id
  }
}
