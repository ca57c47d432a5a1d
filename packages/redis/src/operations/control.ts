import {
  BatchTooLarge,
  type Call,
  type Command,
  type ControlAnswer,
  type JobState,
  MAX_CANCEL_IDS,
} from '@taskspace/core/backend'
import { Packer } from '../wire/packer.ts'
import type { Unpacker } from '../wire/unpacker.ts'
import { answerOf, packCall } from './answer.ts'
import { numberOfOnError } from './edge.ts'
import { stateOf } from './state.ts'

/** What `control.lua` is asked. @throws BatchTooLarge */
export function packControl(call: Call, commands: readonly Command[]): Buffer {
  for (const command of commands) check(command)
  const packer = new Packer().array(2)
  packCall(packer, call)
  return packer.list(commands, packCommand).done
}

/** What `control.lua` answered. */
export function unpackControl(reply: unknown, call: Call): readonly ControlAnswer[] {
  return answerOf(reply, { call }).list(unpackAnswer)
}

function check(command: Command): void {
  if (command.kind !== 'cancel' || command.cascade !== 'refuse' || command.ids.length <= MAX_CANCEL_IDS) return
  throw new BatchTooLarge(`cancel of ${command.ids.length} jobs at once, more than ${MAX_CANCEL_IDS}`)
}

function packCommand(packer: Packer, command: Command): void {
  packer.array(4).text(command.kind)
  const written = packRest(packer, command)
  for (let missing = written; missing < 3; missing += 1) packer.flag(false)
}

/** Answers how many values were written. */
function packRest(packer: Packer, command: Command): number {
  switch (command.kind) {
    case 'cancel':
      packer.list(command.ids, (to, id) => to.id(id))
      packer.text(command.reason).text(command.cascade)
      return 3
    case 'drain':
      packer.text(command.queue)
      return 1
    case 'priority':
      packer.id(command.id).number(command.priority)
      return 2
    case 'depend':
      packer.id(command.id).list(command.edges, (to, { on, onError }) => {
        to.array(2).id(String(on)).number(numberOfOnError(onError))
      })
      return 2
    case 'undepend':
      packUndepend(packer, command.id, command.on)
      return 2
    default:
      packer.id(command.id)
      return 1
  }
}

function packUndepend(packer: Packer, id: string, on: readonly string[] | 'all'): void {
  packer.id(id)
  if (on === 'all') packer.text('all')
  else packer.list(on, (to, each) => to.id(each))
}

function unpackAnswer(from: Unpacker): ControlAnswer {
  from.array()
  const code = from.text() as ControlAnswer['code']
  switch (code) {
    case 'canceled':
      return { code, found: from.list((each): JobState | undefined => stateOf(each.number())) }
    case 'has-dependents':
      return { code, id: from.id(), dependents: from.list((each) => each.id()) }
    case 'ok':
      return { code, count: from.number() }
    case 'no-such-job':
      return { code, about: from.id() }
    case 'invalid-state':
      return { code, state: stateOf(from.number()) as JobState }
    case 'dependency-cycle':
      return { code }
  }
}
