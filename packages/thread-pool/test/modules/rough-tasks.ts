import { isMainThread, parentPort, threadId } from 'node:worker_threads'
import { currentJob, TaskSpace, task } from '@taskspace/core'
import { passGate } from '@taskspace/testing'

/** Tasks that do to their thread what tasks should not. */
export const rough = new TaskSpace('rough', {
  add: (a: number, b: number) => a + b,
  whoAmI: () => threadId,
  isMainThread: () => isMainThread,
  compute: (ms: number) => {
    const until = performance.now() + ms
    while (performance.now() < until);
    return currentJob().attempt
  },
  hold: async (gate: string) => {
    await passGate(gate, currentJob().signal)
    return threadId
  },
  /** Waits until it is told to stop. */
  idle: () => new Promise((_, reject) => currentJob().signal.addEventListener('abort', reject)),
  exit: (code: number) => process.exit(code),
  exitLater: async (gate: string, code: number) => {
    await passGate(gate)
    process.exit(code)
  },
  exitOnce: (code: number) => {
    if (currentJob().attempt === 1 && (currentJob().meta.crashes ?? true)) process.exit(code)
    return currentJob().attempt
  },
  fillHeap: () => {
    const held: unknown[] = []
    for (;;) held.push(Array.from({ length: 10_000 }, (_, n) => ({ n })))
  },
  rejectAndWait: async (gate: string) => {
    void Promise.reject(new Error('nobody awaits this'))
    await passGate(gate)
  },
  throwLater: async (gate: string) => {
    setImmediate(() => {
      throw new Error('nobody catches this')
    })
    await passGate(gate)
  },
  /** Ends well; what it leaves behind rejects when the gate opens. */
  rejectAfterwards: (gate: string) => {
    void passGate(gate).then(() => Promise.reject(new Error('too late')))
    return threadId
  },
  spin: (gate: string) => {
    void passGate(gate)
    for (;;);
  },
  spinBriefly: task({ timeout: '300ms' }, (gate: string) => {
    void passGate(gate)
    for (;;);
  }),
  useParentPort: (message: unknown) => {
    parentPort?.postMessage(message)
    parentPort?.removeAllListeners()
    parentPort?.close()
    return threadId
  },
  large: (bytes: number) => Buffer.alloc(bytes, 7),
  environment: (name: string) => process.env[name],
})
