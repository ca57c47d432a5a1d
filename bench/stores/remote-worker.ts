import { type ChildProcess, fork } from 'node:child_process'
import { expectCount } from '../workload.ts'
import type { Place } from './contender.ts'
import type { WorkerOrder, WorkerReport } from './worker-process.ts'

/** How long jobs waited until they were run. */
export interface Lag {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

/** A worker in another process. */
export class RemoteWorker {
  readonly #child: ChildProcess
  #report: WorkerReport | undefined
  #heard: () => void = () => undefined

  constructor(store: string, contender: string, { url, queue }: Place) {
    const script = new URL('./worker-process.ts', import.meta.url)
    this.#child = fork(script, [store, contender, url, queue])
    this.#child.on('message', (report: WorkerReport) => {
      this.#report = report
      this.#heard()
    })
  }

  /**
   * Run jobs, this many at a time; resolves when it is ready. Where numbers tell when their jobs were stored, `perMs` is how
   * many there are to a ms.
   */
  async start(concurrency: number, perMs?: number): Promise<void> {
    await this.#order({ start: concurrency, ...(perMs !== undefined && { perMs }) })
  }

  /** Stop running jobs. */
  async stop(): Promise<void> {
    await this.#order({ stop: true })
  }

  /** How long the jobs waited that were run since this was asked last. */
  async lag(): Promise<Lag> {
    const { lag } = await this.#order({ lag: true })
    if (lag === undefined) throw new Error('no job was run meanwhile')
    return lag
  }

  /** How many jobs were run since the start. */
  async runs(): Promise<number> {
    return (await this.#order({ count: true })).runs
  }

  /** Wait until these jobs ran since the start, once each; their sum says so. */
  async ran(count: number, sum: number): Promise<WorkerReport> {
    const report = await this.#until((each) => each.runs >= count)
    expectCount('jobs run', report.runs, count)
    expectCount('sum of their numbers', report.sum, sum)
    return report
  }

  /** End the process. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #order(order: WorkerOrder): Promise<WorkerReport> {
    this.#report = undefined
    this.#child.send(order)
    return this.#until((report) => report.ready === true)
  }

  #until(isSo: (report: WorkerReport) => boolean): Promise<WorkerReport> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#report !== undefined && isSo(this.#report)) resolve(this.#report)
      }
      this.#heard = look
      look()
    })
  }
}
