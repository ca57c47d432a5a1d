import { fork, type SerializationType } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PoolContender } from '../contender.ts'
import { Pending } from '../pending.ts'

const SCRIPT = fileURLToPath(new URL('../workers/bare-process.ts', import.meta.url))

/** Child processes in turn, one `send` a call: the floor. JSON is what `fork` does by default; `advanced` carries bytes. */
export const bareProcess = processes('bare-process', 'json')
export const bareProcessAdvanced = processes('bare-process-advanced', 'advanced')

function processes(name: string, serialization: SerializationType): PoolContender {
  return {
    name,
    async start(count) {
      const pending = new Pending()
      const children = Array.from({ length: count }, () => fork(SCRIPT, [], { serialization }))
      for (const child of children) child.on('message', (answer) => pending.answered(answer as never))
      const call = (task: string, value: unknown): Promise<unknown> =>
        pending.call((id) => children[id % count]?.send({ id, task, value }))
      return {
        echo: (value) => call('echo', value),
        compute: (steps) => call('compute', steps) as Promise<number>,
        stop: () =>
          Promise.all(
            children.map((child) => {
              const ended = once(child, 'exit')
              child.kill()
              return ended
            }),
          ),
      }
    },
  }
}
