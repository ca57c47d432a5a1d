import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, MessageChannel, parentPort, threadId } from 'node:worker_threads'
import { currentJob, TaskSpace, task } from '@taskspace/core'
import { passGate } from '@taskspace/testing'
import { plainTasks } from '../../../../tools/plain-tasks.ts'

/** Tasks that do to their thread what tasks should not. */
export const rough = new TaskSpace('rough', {
  ...plainTasks,
  whoAmI: () => threadId,
  isMainThread: () => isMainThread,
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
  /** Sends many, and listens, while others run; how many it has heard by then. */
  chat: async (messages: number) => {
    const heard: unknown[] = []
    const { port1, port2 } = new MessageChannel()
    port2.on('message', (message) => heard.push(message))
    parentPort?.on('message', (message) => heard.push(message))
    for (let count = 0; count < messages; count += 1) {
      parentPort?.postMessage({ count, kind: 'done', seq: count })
      port1.postMessage(count)
      if (count % 50 === 0) await sleep(1)
    }
    while (heard.length < messages) await sleep(1)
    port1.close()
    return heard.length
  },
  niceness: () => {
    // Of this thread: the file is read by it.
    const stat = readFileSync('/proc/thread-self/stat', 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
  },
  options: () => process.execArgv,
  large: (bytes: number) => Buffer.alloc(bytes, 7),
  environment: (name: string) => process.env[name],
})
