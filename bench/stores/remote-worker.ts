import { type ChildProcess, fork } from 'node:child_process'
import { expectCount } from '../workload.ts'
import type { Place } from './contender.ts'
import type { WorkerOrder, WorkerReport } from './worker-process.ts'

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

  /** Run jobs, this many at a time; resolves when it is ready. */
  start(concurrency: number): Promise<void> {
    return this.#order({ start: concurrency })
  }

  /** Stop running jobs. */
  stop(): Promise<void> {
    return this.#order({ stop: true })
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

  async #order(order: WorkerOrder): Promise<void> {
    this.#report = undefined
    this.#child.send(order)
    await this.#until((report) => report.ready === true)
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
