import type { WorkerLink } from '@taskspace/core/pool'

/** A child that could not be made: no descriptors or processes are left, the disk is full. */
export function failedLink(error: unknown): WorkerLink {
  const detail = error instanceof Error ? error.message : String(error)
  return {
    label: 'process (none)',
    exited: Promise.resolve({ kind: 'spawn-failed', detail }),
    send: () => undefined,
    onMessages: () => undefined,
    lastBegun: () => 0,
    usage: () => Promise.resolve({}),
    stack: () => Promise.resolve(undefined),
    terminate: () => undefined,
  }
}
