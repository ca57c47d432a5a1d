import type { FromWorker, RunMessage, ToWorker } from './messages.ts'

type Job = RunMessage['job']
type Success = Extract<Extract<FromWorker, { readonly kind: 'done' }>['settlement'], { readonly kind: 'success' }>

/**
 * The messages that there is one of for each job, as lists: structured clone takes a third of the time for them that it
 * takes for objects, whose property names it writes each time, and JSON half of it. `null` is what a message has not, since
 * JSON can say that.
 */
type PackedRun = readonly [
  seq: number,
  startBy: number | null,
  values: RunMessage['values'] | null,
  id: string,
  task: string,
  queue: string,
  token: number,
  attempt: number,
  failures: number,
  crashes: number,
  series: number,
  priority: number,
  input: Job['input'],
  createdAt: number,
  ahead: boolean,
  rare: RareFields | null,
]
type PackedSuccess = readonly [seq: number, id: string, token: number, value: Success['value'], ttlMs?: number]
/** One comes with each batch of results. */
type PackedWork = readonly [jobs: number, ms: number]

/** What most jobs do not have. */
type RareFields = Pick<Job, 'args' | 'run' | 'ignoreResult' | 'tags' | 'meta'>

/** What travels to a worker: a list is a job to run. */
export type PackedToWorker = PackedRun | Exclude<ToWorker, RunMessage>

/** What travels from a worker: a list is a job that ended well, or of two numbers what was worked. */
export type PackedFromWorker = PackedSuccess | PackedWork | FromWorker

/** For sending to a worker. */
export function packedToWorker(message: ToWorker): PackedToWorker {
  if (message.kind !== 'run') return message
  const { seq, startBy, values, job } = message
  return [
    seq,
    startBy ?? null,
    values.length === 0 ? null : values,
    job.id,
    job.task,
    job.queue,
    job.token,
    job.attempt,
    job.failures,
    job.crashes,
    job.series,
    job.priority,
    job.input,
    job.createdAt,
    job.ahead,
    rareFields(job),
  ]
}

/** As it was before `packedToWorker`. */
export function unpackedToWorker(packed: PackedToWorker): ToWorker {
  if (!isList(packed)) return packed
  const job = jobOf(packed)
  const [seq, startBy, some] = packed
  const values = some ?? NO_VALUES
  return startBy === null ? { kind: 'run', seq, job, values } : { kind: 'run', seq, startBy, job, values }
}

/** For sending from a worker. */
export function packedFromWorker(message: FromWorker): PackedFromWorker {
  if (message.kind === 'worked') return [message.jobs, message.ms]
  if (message.kind !== 'done' || message.settlement.kind !== 'success' || message.error !== undefined) return message
  const { id, token, value, resultTtlMs } = message.settlement
  return resultTtlMs === undefined ? [message.seq, id, token, value] : [message.seq, id, token, value, resultTtlMs]
}

/** As it was before `packedFromWorker`. */
export function unpackedFromWorker(packed: PackedFromWorker): FromWorker {
  if (!isList(packed)) return packed
  if (isWork(packed)) return { kind: 'worked', jobs: packed[0], ms: packed[1] }
  const [seq, id, token, value, resultTtlMs] = packed
  const settlement: Success = { kind: 'success', id, token, value }
  return { kind: 'done', seq, settlement: resultTtlMs === undefined ? settlement : { ...settlement, resultTtlMs } }
}

const NO_VALUES: RunMessage['values'] = []

// `Required`, so that a field of jobs that is not listed here does not compile.
function jobOf(packed: PackedRun): Job {
  const job: Required<Omit<Job, keyof RareFields>> = {
    id: packed[3],
    task: packed[4],
    queue: packed[5],
    token: packed[6],
    attempt: packed[7],
    failures: packed[8],
    crashes: packed[9],
    series: packed[10],
    priority: packed[11],
    input: packed[12],
    createdAt: packed[13],
    ahead: packed[14],
  }
  const rare = packed[15]
  return rare === null ? job : { ...job, ...rare }
}

function rareFields({ args, run, ignoreResult, tags, meta }: Job): RareFields | null {
  if (args === undefined && run === undefined && tags === undefined && meta === undefined && ignoreResult !== true) {
    return null
  }
  return {
    ...(args !== undefined && { args }),
    ...(run !== undefined && { run }),
    ...(ignoreResult !== undefined && { ignoreResult }),
    ...(tags !== undefined && { tags }),
    ...(meta !== undefined && { meta }),
  }
}

function isWork(packed: PackedSuccess | PackedWork): packed is PackedWork {
  return packed.length === 2
}

function isList(value: object): value is readonly [number, ...unknown[]] {
  return Array.isArray(value)
}
