import type { WorkerExit, WorkerLink, WorkerUsage } from '@taskspace/core/pool'

/** A thread that Node refused to start. */
export class UnstartedThread implements WorkerLink {
  readonly label = 'thread'
  readonly exited: Promise<WorkerExit>

  constructor(reason: unknown) {
    const detail = reason instanceof Error ? reason.message : String(reason)
    this.exited = Promise.resolve({ kind: 'spawn-failed', detail })
  }

  send(): void {}

  onMessages(): void {}

  lastBegun(): number {
    return 0
  }

  stack(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  usage(): Promise<WorkerUsage> {
    return Promise.resolve({})
  }

  terminate(): void {}
}
