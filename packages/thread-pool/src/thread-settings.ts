import type { ResourceLimits } from 'node:worker_threads'

/** What threads are started with; checked. */
export interface ThreadSettings {
  /** File URL of what each of them runs. */
  readonly entry: string
  readonly resourceLimits?: ResourceLimits | undefined
  /** Besides a copy of this process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Absent: this process's. */
  readonly execArgv?: readonly string[] | undefined
  /** Added to the niceness of this process. */
  readonly nice: number
}
