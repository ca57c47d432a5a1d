import {
  type Broker,
  type Clock,
  type JobEvent,
  type JsonObject,
  type LogLine,
  type Payload,
  SuperjsonCodec,
  systemClock,
  TaskSpace,
} from '@taskspace/core'
import {
  JobContext,
  type JobHost,
  type JobRun,
  type JobScope,
  jobStorage,
  parseJournalLine,
} from '@taskspace/core/pool'

/** The job that a function is to find when it asks `currentJob()`; each has a default. */
export interface RunAsJobOptions {
  readonly id?: string | undefined
  /** Full name of the task; default `test`. */
  readonly name?: string | undefined
  readonly queueName?: string | undefined
  readonly attempt?: number | undefined
  readonly token?: number | undefined
  readonly tags?: readonly string[] | undefined
  readonly meta?: JsonObject | undefined
  /** When it aborts, the job's own `signal` does, as for a job that is canceled. */
  readonly signal?: AbortSignal | undefined
  /** Where `currentJob().queue()` enqueues; without one it throws. */
  readonly broker?: Broker | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
  /** Called with each `progress()`. */
  readonly onProgress?: ((fraction: number) => void) | undefined
  /** Called with each line of `log`, those of one tick together; their `number` is 1. */
  readonly onLog?: ((line: LogLine) => void) | undefined
  /** Called with each `emit()`, like `onLog`. */
  readonly onEvent?: ((event: JobEvent) => void) | undefined
  /** Called with each value of `saveOutput()`, as it comes back from being stored. */
  readonly onOutput?: ((value: unknown) => void) | undefined
}

const codec = new SuperjsonCodec()

/**
 * Call a function as if a pool ran it: `currentJob()` works in it and in whatever it awaits. What it returns or throws comes
 * back as it is; nothing is stored, retried or timed.
 */
export async function runAsJob<T>(fn: () => T, options: RunAsJobOptions = {}): Promise<Awaited<T>> {
  const context = contextFor(options)
  const { signal } = options
  const stop = (): void => context.stop({ kind: 'canceled', text: String(signal?.reason ?? '') })
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  try {
    return await jobStorage.run(context, fn)
  } finally {
    signal?.removeEventListener('abort', stop)
    await context.pending()
  }
}

function contextFor(options: RunAsJobOptions): JobContext {
  const [task] = new TaskSpace('', { test: () => undefined }).definitions()
  if (task === undefined) throw new Error('the space has lost its task')
  return new JobContext(hostFor(options), runFor(options), task)
}

function hostFor({ clock = systemClock, broker }: RunAsJobOptions): JobHost {
  const home = { url: broker?.url ?? 'memory:', namespace: broker?.namespace ?? 'taskspace' }
  return { codec, clock, home, scope: () => scopeOf(broker) }
}

function scopeOf(broker: Broker | undefined): JobScope {
  if (broker === undefined) throw new Error('give runAsJob a broker, where currentJob().queue() can enqueue')
  return { queue: (name, defaults) => broker.queue(name, defaults), pending: false, flushed: () => Promise.resolve() }
}

function runFor(options: RunAsJobOptions): JobRun {
  const { id = 'job', name = 'test', queueName = 'default', attempt = 1, token = 1, tags, meta } = options
  const none = { failures: 0, crashes: 0, series: 1, priority: 0, createdAt: 0, ahead: false, input: '[]' }
  const metaText = meta === undefined ? {} : { meta: JSON.stringify(meta) }
  return {
    job: {
      ...none,
      ...metaText,
      id,
      task: name,
      queue: queueName,
      attempt,
      token,
      ...(tags !== undefined && { tags }),
    },
    values: [],
    report: () => undefined,
    append: async ({ progress, output, lines = [] }) => {
      if (progress !== undefined) options.onProgress?.(progress)
      if (output !== undefined) options.onOutput?.(decoded(output))
      for (const text of lines) tellLine(options, text)
      return 'ok'
    },
    heartbeat: () => Promise.resolve(),
    waiting: () => undefined,
    began: () => undefined,
  }
}

function tellLine({ onLog, onEvent }: RunAsJobOptions, text: string): void {
  const entry = parseJournalLine({ number: 1, text }, codec)
  if (entry.kind === 'log') onLog?.(entry)
  else onEvent?.(entry)
}

function decoded(output: Payload): unknown {
  return codec.decode(output)
}
