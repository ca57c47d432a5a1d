import type { FailureKind, FailureRecord } from '@taskspace/core/backend'
import type { Packer } from '../wire/packer.ts'
import type { Unpacker } from '../wire/unpacker.ts'

/** Write a failure record as the store keeps it. */
export function packFailure(packer: Packer, failure: FailureRecord): void {
  const { kind, code, task, queue, id, text, group, stack, token, details } = failure
  packer.array(10).text(kind).text(code).text(task).text(queue).id(id).text(text).text(group)
  packer.maybe(stack, (to, value) => to.text(value))
  packer.maybe(token, (to, value) => to.number(value))
  packer.maybe(details, (to, value) => to.payload(value))
}

/** Read a failure record. */
export function unpackFailure(unpacker: Unpacker): FailureRecord {
  unpacker.array()
  const kind = unpacker.text() as FailureKind
  const [code, task, queue] = [unpacker.text(), unpacker.text(), unpacker.text()]
  const id = unpacker.id()
  const [text, group] = [unpacker.text(), unpacker.text()]
  const stack = unpacker.maybe((from) => from.text())
  const token = unpacker.maybe((from) => from.number())
  const details = unpacker.maybe((from) => from.payload())
  return {
    ...{ kind, code, task, queue, id, text, group },
    ...(stack !== undefined && { stack }),
    ...(token !== undefined && { token }),
    ...(details !== undefined && { details }),
  }
}
