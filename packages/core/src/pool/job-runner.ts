import { DEFAULT_MAX_CRASHES } from '../backend/limits.ts'
import type { TaskPolicy } from '../backend/session.ts'
import type { Settlement } from '../backend/settlement.ts'
import { FleetingMap } from '../fleeting-map.ts'
import type { TaskRegistry } from '../tasks/task-registry.ts'
import type { Executor, JobRun, StopReason } from './executor.ts'
import { failureRecord } from './failure-record-of.ts'
import { JobContext, type JobHost } from './job-context.ts'
import { tapOutput } from './output-tap.ts'
import { threw, timedOut, uncommitted } from './run-outcome.ts'
import { TaskCall } from './task-call.ts'

/** What running jobs takes. */
export interface RunnerHost extends JobHost {
  readonly tasks: Pick<TaskRegistry, 'get' | 'names' | 'roots'>
}

/**
 * Runs jobs where it is called: decodes the arguments, calls the task inside `currentJob()`'s reach, encodes what comes
 * of it. A job whose task, schemas and values are synchronous has reported when `start` returns.
 */
export class JobRunner implements Executor {
  readonly #host: RunnerHost
  readonly #call: TaskCall
  readonly #untap: (() => void) | undefined
  /** Runs whose code has not ended, abandoned ones too. */
  readonly #running = new FleetingMap<JobRun, JobContext>()

  constructor(host: RunnerHost) {
    this.#host = host
    this.#untap = host.captureOutput === true ? tapOutput() : undefined
    this.#call = new TaskCall(host.codec, (context, settlement, error) => this.#finish(context, settlement, error))
  }

  policies(): Readonly<Record<string, TaskPolicy | undefined>> {
    const { tasks } = this.#host
    const entries = tasks.names().map((name) => {
      const maxCrashes = tasks.get(name)?.maxCrashes ?? DEFAULT_MAX_CRASHES
      return [name, maxCrashes === DEFAULT_MAX_CRASHES ? undefined : { maxCrashes }] as const
    })
    return Object.fromEntries(entries)
  }

  /** Names of the tasks that have jobs running, each once. */
  runningTasks(): ReadonlySet<string> {
    return new Set(this.#running.keys().map((run) => run.job.task))
  }

  start(run: JobRun): number | undefined {
    const task = this.#host.tasks.get(run.job.task)
    if (task === undefined) {
      run.report(this.#unknownTask(run))
      return undefined
    }
    const context = new JobContext(this.#host, run, task)
    this.#call.begin(context)
    if (!context.ended) this.#running.set(run, context)
    return context.policy.timeoutMs
  }

  stop(run: JobRun, reason: StopReason): void {
    this.#running.get(run)?.stop(reason)
  }

  // Code on this event loop cannot be ended by force: it is left alone, and what it comes to is ignored.
  abandon(run: JobRun, reason: StopReason): Settlement {
    const context = this.#running.get(run)
    if (context !== undefined && reason.kind === 'timeout') return timedOut(context, this.#host.codec)
    return { kind: 'return', id: run.job.id, token: run.job.token }
  }

  close(): Promise<void> {
    this.#untap?.()
    return Promise.resolve()
  }

  /** A job's own calls and outputs are stored before its outcome is; if they cannot be, it has not succeeded. */
  #finish(context: JobContext, settlement: Settlement, error: unknown): void {
    const pending = context.pending()
    if (pending === undefined) {
      this.#report(context, this.#told(context, settlement), error)
      return
    }
    const ended = settlement.kind !== 'success' && settlement.kind !== 'forward'
    pending.then(
      () => this.#report(context, this.#told(context, settlement), error),
      (problem: unknown) => {
        if (ended) this.#report(context, settlement, error)
        else this.#report(context, threw(context, problem, this.#host.codec), problem)
      },
    )
  }

  #told(context: JobContext, settlement: Settlement): Settlement {
    const endedWell = settlement.kind === 'success' || settlement.kind === 'forward'
    return endedWell && context.isCompleted ? uncommitted(context, this.#host.codec) : settlement
  }

  #report(context: JobContext, settlement: Settlement, error: unknown): void {
    context.ended = true
    this.#running.delete(context.run)
    context.run.report(settlement, error)
  }

  #unknownTask({ job }: JobRun): Settlement {
    const { home, tasks, codec } = this.#host
    const exposed = tasks.roots().join(', ') || 'no tasks'
    const text = `no such task (this pool exposes ${exposed}; is another application using namespace '${home.namespace}'?)`
    const failure = failureRecord(job, { kind: 'no-such-task', text }, codec)
    return { kind: 'unknown-task', id: job.id, token: job.token, failure }
  }
}
