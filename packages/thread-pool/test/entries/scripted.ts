// A thread that does what it is told, without any of the engine: what the link makes of it is to be seen.
import { parentPort } from 'node:worker_threads'
import type { FromWorker } from '@taskspace/core/pool'
import { ThreadChannel } from '../../src/thread-channel.ts'
import type { ThreadStart } from '../../src/worker.ts'

/** What the thread can be told to do, as the text of a `skipped` message's stand-in. */
const deeds: Record<string, (channel: ThreadChannel) => void> = {
  echo: () => undefined,
  exit0: () => process.exit(0),
  exit7: () => process.exit(7),
  spin: () => {
    for (;;);
  },
  throw: () => {
    throw new Error('nobody catches this')
  },
  reject: () => {
    void Promise.reject(new Error('nobody awaits this'))
  },
  fill: () => {
    const held: unknown[] = []
    for (;;) held.push(Array.from({ length: 10_000 }, (_, n) => ({ n })))
  },
  leave: (channel) => channel.leave(),
  closeParentPort: () => parentPort?.close(),
  postToParent: () => {
    for (const message of ['text', undefined, { _WORKER_READY: true }, [1]]) parentPort?.postMessage(message)
  },
}

export function work({ port, begun }: ThreadStart): Promise<void> {
  return new Promise((resolve) => {
    const channel = new ThreadChannel(port, begun, resolve)
    channel.onMessages((batch) => {
      for (const message of batch) {
        if (message.kind !== 'answer') continue
        channel.begun(message.ask)
        const heard: FromWorker = { kind: 'skipped', seq: message.ask }
        channel.send([heard])
        deeds[String(message.value)]?.(channel)
      }
    })
  })
}
