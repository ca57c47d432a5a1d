import type { ClaimedJob } from '../../../src/backend/claim.ts'
import type { AppendAnswer, AppendEntry, Settlement } from '../../../src/backend/settlement.ts'
import { SuperjsonCodec } from '../../../src/codec/superjson-codec.ts'
import type { ArgumentValue, JobRun } from '../../../src/pool/executor.ts'

/** What varies between runs in a test. */
export type RunParts = Partial<Omit<ClaimedJob, 'input'>> & {
  readonly input?: readonly unknown[]
  readonly values?: readonly ArgumentValue[]
}

export const codec = new SuperjsonCodec()

/** A run of a job that keeps what it is told. */
export class RecordedRun implements JobRun {
  readonly job: ClaimedJob
  readonly values: readonly ArgumentValue[]
  readonly news: Pick<AppendEntry, 'progress' | 'output'>[] = []
  readonly waits: string[] = []
  answer: AppendAnswer = 'ok'
  isCompleted = false
  readonly #reports: { readonly settlement: Settlement; readonly error: unknown }[] = []
  #reported!: () => void
  readonly #report = new Promise<void>((resolve) => {
    this.#reported = resolve
  })

  constructor({ input = [], values = [], ...job }: RunParts = {}) {
    const { payload } = codec.encodeArguments(input)
    this.values = values
    this.job = {
      ...{ id: 'job-1', task: 'task', queue: 'default', token: 7, attempt: 1, failures: 0, crashes: 0, series: 1 },
      ...{ priority: 0, createdAt: 0, ahead: false, input: payload },
      ...job,
    }
  }

  completed(): void {
    this.isCompleted = true
  }

  /** What it has reported, if it has. */
  get settlement(): Settlement | undefined {
    return this.#reports[0]?.settlement
  }

  get error(): unknown {
    return this.#reports[0]?.error
  }

  get reportCount(): number {
    return this.#reports.length
  }

  /** What it reports in the end. */
  async settled(): Promise<Settlement> {
    await this.#report
    return this.settlement as Settlement
  }

  report(settlement: Settlement, error?: unknown): void {
    this.#reports.push({ settlement, error })
    this.#reported()
  }

  async append(news: Pick<AppendEntry, 'progress' | 'output'>): Promise<AppendAnswer> {
    this.news.push(news)
    return this.answer
  }

  async heartbeat(): Promise<void> {}

  waiting(id: string): undefined {
    this.waits.push(id)
  }

  began(): void {}
}
