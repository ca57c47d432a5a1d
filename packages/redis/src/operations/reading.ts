import type {
  Edge,
  FailureKind,
  HistoryEntry,
  HistoryEvent,
  JobRecord,
  JobState,
  JournalPage,
  QueueCounts,
  StoredRunOptions,
  ValueChunk,
  ValueRef,
} from '@taskspace/core/backend'
import { unescapeName } from '../keys.ts'
import { Packer } from '../wire/packer.ts'
import type { Unpacker } from '../wire/unpacker.ts'
import { answerOf } from './answer.ts'
import { EDGE_KINDS, ON_ERRORS } from './edge.ts'
import { unpackFailure } from './failure.ts'
import { countsOf, stateOf } from './state.ts'

/** What `read.lua` is asked. */
export function packRead(ids: readonly string[]): Buffer {
  return new Packer().list(ids, (to, id) => to.id(id)).done
}

/** What `read.lua` answered. */
export function unpackRead(reply: unknown): readonly (JobRecord | undefined)[] {
  return answerOf(reply).list((from) => from.maybe(unpackRecord))
}

/** What `read-value.lua` is asked. */
export function packReadValue({ id, series }: ValueRef, offset: number, length: number): Buffer {
  return new Packer().array(4).id(id).number(series).number(offset).number(length).done
}

/** What `read-value.lua` answered. */
export function unpackReadValue(reply: unknown): ValueChunk | undefined {
  return answerOf(reply).maybe((from) => {
    const kind = from.text() === 't' ? 'text' : 'bytes'
    return { kind, size: from.number(), bytes: from.bytes() }
  })
}

/** What `journal.lua` is asked. */
export function packJournal(id: string, after: number, limit: number): Buffer {
  return new Packer().array(3).id(id).number(after).number(limit).done
}

/** What `journal.lua` answered. */
export function unpackJournal(reply: unknown): JournalPage | undefined {
  return answerOf(reply).maybe((from) => {
    from.array()
    const [series, last] = [from.number(), from.number()]
    const lines = from.list((each) => {
      each.array()
      return { number: each.number(), text: each.text() }
    })
    return { series, last, lines }
  })
}

/** What `counts.lua` is asked. */
export function packCounts(queue: string | undefined): Buffer {
  return new Packer().list(queue === undefined ? [] : [queue], (to, name) => to.text(name)).done
}

/** What `counts.lua` answered. */
export function unpackCounts(reply: unknown): ReadonlyMap<string, QueueCounts> {
  const queues = answerOf(reply).list((from) => {
    from.array()
    return [from.text(), countsOf(from.list((each) => each.number()))] as const
  })
  return new Map(queues)
}

/** A time that may be 0, which stands for none. */
function time<Name extends string>(name: Name, from: Unpacker): { readonly [name in Name]?: number } {
  const at = from.number()
  return at > 0 ? ({ [name]: at } as { [name in Name]: number }) : {}
}

function given<Name extends string, T>(name: Name, value: T | undefined): { readonly [name in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [name in Name]: T })
}

function unpackRecord(from: Unpacker): JobRecord {
  from.array()
  return {
    ...unpackIdentity(from),
    ...unpackTimes(from),
    ...unpackOwner(from),
    ...unpackGraph(from),
    ...unpackRare(from),
  }
}

function unpackIdentity(from: Unpacker) {
  return {
    id: from.id(),
    task: from.text(),
    queue: from.text(),
    state: stateOf(from.number()) as JobState,
    priority: from.number(),
    series: from.number(),
    attempt: from.number(),
    failures: from.number(),
    crashes: from.number(),
    input: from.payload(),
    createdAt: from.number(),
  }
}

function unpackTimes(from: Unpacker) {
  return { ...time('runAt', from), ...time('claimedAt', from), ...time('endedAt', from) }
}

function unpackOwner(from: Unpacker) {
  const session = from.maybe((each) => unescapeName(each.text()))
  const token = from.number()
  const resultUntil = from.maybe((each) => each.number())
  return { ...(session !== undefined && { session, token }), ...given('resultUntil', resultUntil) }
}

function unpackGraph(from: Unpacker) {
  return {
    unmet: from.list(unpackEdge),
    dependents: from.list((each) => each.id()),
    dependentCount: from.number(),
    history: from.list(unpackEvent),
  }
}

function unpackEdge(from: Unpacker): Edge & { readonly on: string } {
  from.array()
  const kind = EDGE_KINDS[from.number() - 1] ?? 'order'
  return { kind, on: from.id(), onError: ON_ERRORS[from.number() - 1] ?? 'fail' }
}

function unpackEvent(from: Unpacker): HistoryEntry {
  from.array()
  const what = from.text() as HistoryEvent
  const at = from.number()
  const session = from.maybe((each) => unescapeName(each.text()))
  return { what, at, ...given('session', session) }
}

function unpackRare(from: Unpacker) {
  const forwardedTo = from.maybe((each) => each.id())
  const canceling = from.maybe((each) => each.text())
  const run = from.maybe((each) => each.plain() as StoredRunOptions)
  const maxCrashes = from.maybe((each) => each.number())
  const resultTtlMs = from.maybe((each) => each.number())
  const ignoreResult = from.flag()
  const tags = from.maybe((each) => each.list((tag) => tag.text())) ?? []
  return {
    ...{ ...given('forwardedTo', forwardedTo), ...given('canceling', canceling), ...given('run', run) },
    ...{ ...given('maxCrashes', maxCrashes), ...given('resultTtlMs', resultTtlMs), ignoreResult, tags },
    ...given(
      'meta',
      from.maybe((each) => each.text()),
    ),
    ...given(
      'parent',
      from.maybe((each) => each.id()),
    ),
    ...given(
      'progress',
      from.maybe((each) => each.number()),
    ),
    ...given(
      'output',
      from.maybe((each) => each.payload()),
    ),
    ...given(
      'kind',
      from.maybe((each) => each.text() as FailureKind),
    ),
    ...given('failure', from.maybe(unpackFailure)),
  }
}
