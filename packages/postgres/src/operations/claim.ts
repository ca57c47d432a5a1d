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

/** What few jobs of a group have. */
type UnusualFields = readonly [
  attempt: number,
  failures: number,
  crashes: number,
  series: number,
  priority: number,
  rare: RareFields | null,
]

/** Jobs of one queue by columns; those after the first `slots` are claimed ahead. */
type JobGroup = readonly [
  queue: string,
  slots: number,
  ids: readonly string[],
  tasks: readonly string[],
  inputs: readonly (string | null)[],
  tokens: readonly number[],
  created: readonly number[],
  unusual: readonly (UnusualFields | null)[] | null,
]

/** Claimed jobs as the store answers them: by columns, or one by one where some need values. */
export type StoredClaim =
  | { readonly groups: readonly JobGroup[] }
  | { readonly jobs: readonly JobRow[]; readonly values: readonly ValueRow[] }

/** Parameters that say what to claim: the queues in the order given, and where their lines begin. */
export function requestValues(request: ClaimRequest, queues: readonly string[], marks: ReadyMarks): readonly unknown[] {
  const [ranks, positions] = marks.begin(queues)
  const bytes = Math.min(request.bytes, Number.MAX_SAFE_INTEGER)
  return [request.slots, request.ahead, bytes, queues.map(escapeText), ranks, positions]
}

/** Claimed jobs, with a table that has each argument once. */
export function claimReply(claim: StoredClaim): ClaimReply {
  if ('groups' in claim) return { jobs: claim.groups.flatMap(jobsOfGroup), values: [] }
  const table = new ValueTable(claim.values)
  const jobs = claim.jobs.map((row) => claimedJob(row, table))
  return { jobs, values: table.values }
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

/** Jobs in groups need none. */
const NO_VALUES = new ValueTable([])

const USUAL: UnusualFields = [1, 0, 0, 1, 0, null]

function jobsOfGroup([escapedQueue, slots, ids, tasks, inputs, tokens, created, unusual]: JobGroup): ClaimedJob[] {
  const queue = unescapeText(escapedQueue)
  return ids.map((id, index) => {
    const fields = unusual?.[index]
    const [attempt, failures, crashes, series, priority, rare] = fields ?? USUAL
    const job = {
      id: unescapeText(id),
      task: unescapeText(tasks[index] as string),
      queue,
      token: tokens[index] as number,
      attempt,
      failures,
      crashes,
      series,
      priority,
      input: payloadOf(inputs[index] as string | null, rare?.raw),
      createdAt: created[index] as number,
      ahead: index >= slots,
    }
    return rare === null ? job : { ...job, ...rareFields(rare, NO_VALUES) }
  })
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
