import type { ClaimedJob, ClaimedValue, ClaimReply, ClaimRequest, StoredRunOptions } from '@taskspace/core/backend'
import { failureOf, type StoredFailure } from './failure-json.ts'
import { payloadOf } from './payload-columns.ts'
import type { ReadyMarks } from './ready-marks.ts'
import { escapeText, unescapeText } from './text-escapes.ts'

/** What few claimed jobs have. An argument is the key of a value, or the failure in its place. */
interface RareFields {
  readonly raw: string | null
  readonly run: StoredRunOptions | null
  readonly tags: readonly string[] | null
  readonly meta: string | null
  readonly ignore: boolean
  readonly args: readonly (number | StoredFailure)[] | null
  readonly holes: number | null
}

type JobRow = readonly [
  id: string,
  task: string,
  queue: string,
  token: number,
  attempt: number,
  failures: number,
  crashes: number,
  series: number,
  priority: number,
  createdAt: number,
  ahead: boolean,
  input: string | null,
  rare: RareFields | null,
]

type ValueRow = readonly [
  key: number,
  id: string,
  series: number,
  size: number,
  text: string | null,
  raw: string | null,
]

/** Claimed jobs as the store answers them. */
export interface StoredClaim {
  readonly jobs: readonly JobRow[]
  readonly values: readonly ValueRow[]
}

/** Parameters that say what to claim: the queues in the order given, and where their lines begin. */
export function requestValues(request: ClaimRequest, queues: readonly string[], marks: ReadyMarks): readonly unknown[] {
  const [ranks, positions] = marks.begin(queues)
  const bytes = Math.min(request.bytes, Number.MAX_SAFE_INTEGER)
  return [request.slots, request.ahead, bytes, queues.map(escapeText), ranks, positions]
}

/** Claimed jobs, with a table that has each argument once. */
export function claimReply({ jobs, values }: StoredClaim): ClaimReply {
  const table = new ValueTable(values)
  const claimed = jobs.map((row) => claimedJob(row, table))
  return { jobs: claimed, values: table.values }
}

/** The arguments of a reply, in the order in which they are needed first. */
class ValueTable {
  readonly values: ClaimedValue[] = []
  readonly #rows: ReadonlyMap<number, ValueRow>
  readonly #places = new Map<number | string, number>()

  constructor(rows: readonly ValueRow[]) {
    this.#rows = new Map(rows.map((row) => [row[0], row]))
  }

  placeOf(argument: number | StoredFailure): number {
    const key = typeof argument === 'number' ? argument : JSON.stringify(argument)
    const place = this.#places.get(key) ?? this.values.push(this.#valueOf(argument)) - 1
    this.#places.set(key, place)
    return place
  }

  #valueOf(argument: number | StoredFailure): ClaimedValue {
    if (typeof argument !== 'number') return { kind: 'failure', failure: failureOf(argument) }
    const row = this.#rows.get(argument)
    if (row === undefined) throw new Error('a job was handed out whose argument is not there')
    const [, id, series, size, text, raw] = row
    if (text === null && raw === null) return { kind: 'large', ref: { id: unescapeText(id), series }, size }
    return { kind: 'value', payload: payloadOf(text, raw) }
  }
}

function claimedJob(row: JobRow, table: ValueTable): ClaimedJob {
  const [id, task, queue, token, attempt, failures, crashes, series, priority, createdAt, ahead, input, rare] = row
  const names = { id: unescapeText(id), task: unescapeText(task), queue: unescapeText(queue) }
  const counts = { token, attempt, failures, crashes, series, priority }
  const claimed = { ...names, ...counts, input: payloadOf(input, rare?.raw), createdAt, ahead }
  return rare === null ? claimed : { ...claimed, ...rareFields(rare, table) }
}

function rareFields(rare: RareFields, table: ValueTable): Partial<ClaimedJob> {
  return {
    ...(rare.holes !== null && { args: (rare.args ?? []).map((argument) => table.placeOf(argument)) }),
    ...(rare.run !== null && { run: rare.run }),
    ...(rare.ignore && { ignoreResult: true }),
    ...(rare.tags !== null && { tags: rare.tags.map(unescapeText) }),
    ...(rare.meta !== null && { meta: unescapeText(rare.meta) }),
  }
}
