import type { TaskQueue } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { asRequest } from '../session/kit-session.ts'

const CALL = { session: 'nobody', epoch: 0, lane: 0, number: 1 }

const LISTENER = {
  outcomes: () => undefined,
  notice: () => undefined,
  due: () => undefined,
  news: () => undefined,
  interrupted: () => undefined,
}

/** Every operation that needs an open queue. */
const OPERATIONS: readonly (readonly [name: string, use: (queue: TaskQueue) => Promise<unknown>])[] = [
  ['begin', (queue) => queue.begin({ id: 'nobody' })],
  ['end', (queue) => queue.end('nobody')],
  ['renew', (queue) => queue.renew('nobody')],
  ['resume', (queue) => queue.resume('nobody', 1, [])],
  ['listen', (queue) => queue.listen('nobody', LISTENER)],
  ['enqueue', (queue) => queue.enqueue(CALL, [])],
  ['claim', (queue) => queue.claim(CALL, asRequest(), 0)],
  ['settle', (queue) => queue.settle(CALL, [])],
  ['append', (queue) => queue.append(CALL, [])],
  ['control', (queue) => queue.control(CALL, [])],
  ['read', (queue) => queue.read(['a'])],
  ['journal', (queue) => queue.journal('a', 0, 1)],
  ['sightings', (queue) => queue.sightings('nobody')],
  ['readValue', (queue) => queue.readValue({ id: 'a', series: 1 }, 0, 1)],
  ['counts', (queue) => queue.counts()],
  ['sweep', (queue) => queue.sweep()],
  ['now', (queue) => queue.now()],
  ['shiftClock', (queue) => queue.shiftClock(1)],
]

/** The life of the object itself. */
export const closingCases: KitGroup = {
  name: 'open and close',
  cases: [
    ...OPERATIONS.map(([name, use]) =>
      behaviour(`refuses ${name} after it was closed`, async (kit) => {
        await kit.queue.close()

        await kit.refused(use(kit.queue), 'CLOSED')
      }),
    ),
    behaviour('opens twice as once', async (kit) => {
      await kit.queue.open()
      await kit.queue.open()

      expect(await kit.queue.now()).toBeGreaterThan(0)
    }),
    behaviour('closes twice as once', async (kit) => {
      await kit.queue.close()

      await kit.queue.close()

      await kit.refused(kit.queue.now(), 'CLOSED')
    }),
  ],
}
