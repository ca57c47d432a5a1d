import type { QueueSelection } from '../backend/claim.ts'
import { MAX_ARGUMENT_BYTES } from '../backend/limits.ts'
import { type Duration, toMs } from '../duration.ts'
import { InvalidArgument } from '../errors/usage-errors.ts'
import { checkLabel, checkOptionNames, invalidOption, parseCount } from '../queue/option-values.ts'

/** The job that failed, as `onException` gets it. */
export interface FailedJob {
  readonly id: string
  /** Full name of the task, such as `math.add`. */
  readonly name: string
  /** Name of the queue. */
  readonly queue: string
  readonly attempt: number
  /** Whether it will run again. */
  readonly retried: boolean
}

/**
 * Called for each unexpected failure (PT-06): whatever a task throws but a `TaskError`, `job.fail()` and `job.retry()`; a
 * timeout, input or output that is refused. `error` is what was thrown, else a `TaskFailure`. What it throws is logged.
 */
export type ExceptionHandler = (error: unknown, job: FailedJob) => unknown

/** Options that every pool has. */
export interface PoolOptions {
  /**
   * Names of the queues to take jobs from, default `['default']`. A list is an order: a job of a later queue is taken only
   * if the earlier ones have none. `{ fair: […] }` takes from all of them in turn.
   */
  readonly queues?: readonly string[] | { readonly fair: readonly string[] } | undefined
  /** What the pool is called in logs and lists of workers; default its first queue. */
  readonly name?: string | undefined
  /**
   * Whether the pool takes over from an earlier one of the same `name` that died (RQ-94): what that held goes back to the
   * front of its lines when this one starts, instead of when its lease is over, and is charged no crash. `start()` takes
   * 2.5 s if there was one, and throws `PoolNameTaken` if it lives. Needs a `name` that no other pool of the namespace has.
   * Default false.
   */
  readonly resume?: boolean | undefined
  /** How long its jobs stay its own when it cannot be heard of; at least 1 s. Default: the kind of pool's. */
  readonly lease?: Duration | undefined
  /** How long `stop()` lets jobs finish; default 30 s. */
  readonly drainTimeout?: Duration | undefined
  /** How long a job that was told to stop may take to, before it is given up; default 3 s. 0: no time at all. */
  readonly grace?: Duration | undefined
  /** Whether to claim jobs ahead of free slots while they are shorter than a round trip; default true. */
  readonly ahead?: boolean | undefined
  /** Most bytes of the values of other jobs that one job may need as arguments; default 128 MB. */
  readonly argumentBytes?: number | undefined
  /**
   * Whether what jobs write to `console`, stdout and stderr is added to their logs, each line to the job that wrote it; it
   * goes where it went before as well. Default true.
   */
  readonly captureOutput?: boolean | undefined
  /** See `ExceptionHandler`. */
  readonly onException?: ExceptionHandler | undefined
}

/** What the kind of pool decides. */
export interface PoolKind {
  /** Jobs that may run at once. */
  readonly slots: number
  /** Lease of a pool that is given none, in ms. */
  readonly leaseMs: number
  /** Names of the options that it has besides and has taken out; for what an error says. */
  readonly ownOptions?: readonly string[]
}

/** Checked options. */
export interface PoolSettings {
  readonly selection: QueueSelection
  readonly queues: readonly string[]
  readonly name: string
  /** The name, if one was given. */
  readonly owner: string | undefined
  readonly resume: boolean
  readonly slots: number
  readonly leaseMs: number
  readonly drainTimeoutMs: number
  readonly graceMs: number
  readonly ahead: boolean
  readonly argumentBytes: number
  readonly captureOutput: boolean
  readonly onException: ExceptionHandler | undefined
}

/** Shortest lease: renewals come in time although a machine is busy. */
const LEAST_LEASE_MS = 1_000
const DRAIN_TIMEOUT_MS = 30_000
const GRACE_MS = 3_000

const KNOWN: ReadonlySet<string> = new Set<keyof PoolOptions>([
  'queues',
  'name',
  'resume',
  'lease',
  'drainTimeout',
  'grace',
  'ahead',
  'argumentBytes',
  'captureOutput',
  'onException',
])

/** Check a pool's options and fill in the defaults. @throws InvalidArgument naming the option. */
export function poolSettings(options: PoolOptions, kind: PoolKind): PoolSettings {
  checkOptionNames(options, 'pool options', new Set([...(kind.ownOptions ?? []), ...KNOWN]))
  const { queues: asked = ['default'], lease, drainTimeout, grace, ahead = true, argumentBytes, onException } = options
  const { captureOutput = true } = options
  const selection = parseSelection(asked)
  const queues = 'fair' in selection ? selection.fair : selection
  const { name = queues[0] } = options
  checkLabel('name', name)
  const { resume = false } = options
  checkResume(resume, options.name)
  if (typeof ahead !== 'boolean') throw invalidOption('ahead', ahead, 'is not true or false')
  if (typeof captureOutput !== 'boolean') throw invalidOption('captureOutput', captureOutput, 'is not true or false')
  if (onException !== undefined && typeof onException !== 'function') {
    throw invalidOption('onException', onException, 'is not a function')
  }
  return {
    selection,
    queues,
    name,
    owner: options.name,
    resume,
    slots: kind.slots,
    leaseMs: lease === undefined ? kind.leaseMs : parseLease(lease),
    drainTimeoutMs: drainTimeout === undefined ? DRAIN_TIMEOUT_MS : parseDrainTimeout(drainTimeout),
    graceMs: grace === undefined ? GRACE_MS : toMs(grace, 'grace'),
    ahead,
    captureOutput,
    argumentBytes: argumentBytes === undefined ? MAX_ARGUMENT_BYTES : parseCount('argumentBytes', argumentBytes, 1),
    onException,
  }
}

/** How long `stop()` lets jobs finish; `Infinity`: as long as they take. */
export function parseDrainTimeout(value: Duration): number {
  return toMs(value, 'drainTimeout', { infinity: true })
}

function checkResume(resume: unknown, name: string | undefined): void {
  if (typeof resume !== 'boolean') throw invalidOption('resume', resume, 'is not true or false')
  if (resume && name === undefined) {
    throw new InvalidArgument('resume', 'invalid resume: a pool resumes under a name of its own, and none is given')
  }
}

function parseSelection(queues: unknown): QueueSelection {
  if (Array.isArray(queues)) return queueNames(queues)
  if (typeof queues !== 'object' || queues === null) {
    throw invalidOption('queues', queues, 'is neither an array of names nor { fair: […] }')
  }
  checkOptionNames(queues, 'queues', new Set(['fair']))
  const { fair } = queues as { readonly fair?: unknown }
  if (!Array.isArray(fair)) throw invalidOption('queues.fair', fair, 'is not an array of names')
  return { fair: queueNames(fair) }
}

function queueNames(names: readonly unknown[]): readonly string[] {
  if (names.length === 0) throw new InvalidArgument('queues', 'invalid queues: a pool needs at least one')
  const checked = names.map((name) => {
    checkLabel('queues', name)
    return name
  })
  return [...new Set(checked)]
}

function parseLease(value: Duration): number {
  const leaseMs = toMs(value, 'lease')
  if (leaseMs >= LEAST_LEASE_MS) return leaseMs
  throw invalidOption('lease', value, `is shorter than ${LEAST_LEASE_MS} ms`)
}
