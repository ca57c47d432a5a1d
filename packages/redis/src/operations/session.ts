import type { HeldJob, RenewReply, ResumeReply, SessionSighting, SessionSpec } from '@taskspace/core/backend'
import { escapeName, unescapeName } from '../keys.ts'
import { Packer } from '../wire/packer.ts'
import type { Unpacker } from '../wire/unpacker.ts'
import { answerOf } from './answer.ts'

/** What `begin.lua` is asked. */
export function packBegin({ id, leaseMs, label, tasks, queues, owner, revision }: SessionSpec): Buffer {
  const policies = Object.entries(tasks ?? {}).flatMap(([name, policy]) =>
    policy?.maxCrashes === undefined ? [] : [{ name, maxCrashes: policy.maxCrashes }],
  )
  const packer = new Packer().array(8).text(escapeName(id))
  packer.maybe(leaseMs, (to, value) => to.number(value))
  packer.array(policies.length * 2)
  for (const { name, maxCrashes } of policies) packer.text(name).number(maxCrashes)
  packer.maybe(label, (to, value) => to.text(value))
  packer.maybe(tasks, (to, value) => to.list(Object.keys(value), (at, name) => at.text(name)))
  packer.maybe(queues, (to, value) => to.list(value, (at, name) => at.text(name)))
  packer.maybe(owner, (to, value) => to.text(value))
  return packer.number(revision ?? 0).done
}

/** What `begin.lua` answered: whether the session is there. */
export function unpackBegin(reply: unknown): boolean {
  return answerOf(reply).flag()
}

/** What a script is asked that needs a session alone. */
export function packSession(session: string): Buffer {
  return new Packer().array(1).text(escapeName(session)).done
}

/** What `renew.lua` answered. */
export function unpackRenew(reply: unknown, session: string): RenewReply {
  const from = answerOf(reply, { session })
  const held = from.number()
  const canceled = from.list((each) => ({ ...unpackHeld(each), reason: each.text() }))
  return { held, canceled, lost: from.list(unpackHeld) }
}

/** What `resume.lua` is asked. */
export function packResume(session: string, epoch: number, held: readonly HeldJob[]): Buffer {
  const packer = new Packer().array(3).text(escapeName(session)).number(epoch)
  return packer.list(held, (to, { id, token }) => to.array(2).id(id).number(token)).done
}

/** What `resume.lua` answered. */
export function unpackResume(reply: unknown, session: string): ResumeReply {
  const from = answerOf(reply, { session })
  const lost = from.list(unpackHeld)
  const applied = from.list((each) => {
    each.array()
    return [each.number(), each.number()] as const
  })
  return { lost, applied: Object.fromEntries(applied) }
}

/** What `sightings.lua` is asked. */
export function packSightings(owner: string): Buffer {
  return new Packer().array(1).text(owner).done
}

/** What `sightings.lua` answered. */
export function unpackSightings(reply: unknown): readonly SessionSighting[] {
  return answerOf(reply).list((each) => {
    each.array()
    return { id: unescapeName(each.text()), seenAt: each.number(), held: each.number() }
  })
}

function unpackHeld(from: Unpacker): HeldJob {
  from.array()
  return { id: from.id(), token: from.number() }
}
