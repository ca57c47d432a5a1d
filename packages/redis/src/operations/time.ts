import type { SweepReply } from '@taskspace/core/backend'
import { Packer } from '../wire/packer.ts'
import { answerOf } from './answer.ts'

/** What a script is asked that needs to know nothing. */
export function packNothing(): Buffer {
  return new Packer().array(0).done
}

/** What `sweep.lua` answered. */
export function unpackSweep(reply: unknown): SweepReply {
  const from = answerOf(reply)
  const next = from.maybe((each) => each.number())
  const more = from.flag()
  return next === undefined ? { more } : { next, more }
}

/** What `now.lua` is asked: to move the clock by `ms`. */
export function packNow(ms: number): Buffer {
  return new Packer().array(1).number(ms).done
}

/** What `now.lua` answered. */
export function unpackNow(reply: unknown): number {
  return answerOf(reply).number()
}
