import { expect, it, onTestFinished, vi } from 'vitest'
import { Sweeper } from '../../src/client/sweeper.ts'
import { KeptLog } from './broker-on-fake.ts'
import { FakeQueue } from './fake-queue.ts'
import { ManualClock } from './manual-clock.ts'

/** A sweeper whose clock reads the same as the backend's, plus `aheadMs`. */
function sweeping({ aheadMs = 0, spread = false } = {}) {
  const queue = new FakeQueue()
  const clock = new ManualClock()
  const log = new KeptLog()
  queue.now = async () => clock.now() + aheadMs
  const sweeper = new Sweeper({ queue, clock, logger: log, spread })
  onTestFinished(() => sweeper.stop())
  const backendNow = (): number => clock.now() + aheadMs
  return { queue, clock, log, sweeper, backendNow }
}

it('sweeps at the start, and then every 15 s', async () => {
  const { queue, clock, sweeper } = sweeping()

  sweeper.start()
  await clock.advance(0)
  expect(queue.count('sweep')).toBe(1)
  await clock.advance(14_999)
  expect(queue.count('sweep')).toBe(1)
  await clock.advance(15_001)

  expect(queue.count('sweep')).toBe(3)
})

it('sweeps when the last sweep said that something is due, by the clock of the backend', async () => {
  const { queue, clock, sweeper, backendNow } = sweeping({ aheadMs: 3_600_000 })
  queue.sweepReplies = [{ more: false, next: backendNow() + 700 }]

  sweeper.start()
  await clock.advance(699)
  expect(queue.count('sweep')).toBe(1)
  await clock.advance(1)

  expect(queue.count('sweep')).toBe(2)
})

it('sweeps earlier when it hears of something earlier, and not twice', async () => {
  const { queue, clock, sweeper, backendNow } = sweeping()
  queue.sweepReplies = [{ more: false, next: backendNow() + 10_000 }]
  sweeper.start()
  await clock.advance(0)

  sweeper.due(backendNow() + 500)
  sweeper.due(backendNow() + 400)
  sweeper.dueIn(450)
  await clock.advance(400)
  expect(queue.count('sweep')).toBe(2)
  await clock.advance(200)

  expect(queue.count('sweep')).toBe(2)
})

it('sweeps at once for what is due already, without a timer', async () => {
  const { queue, clock, sweeper, backendNow } = sweeping()
  sweeper.start()
  await clock.advance(0)

  sweeper.due(backendNow() - 1_000)
  await new Promise(setImmediate)
  expect(queue.count('sweep')).toBe(2)
  sweeper.wake()
  await new Promise(setImmediate)

  expect(queue.count('sweep')).toBe(3)
})

it('sweeps once more for what it hears of while it sweeps', async () => {
  const { queue, clock, sweeper, backendNow } = sweeping()
  sweeper.start()
  sweeper.due(backendNow())

  await clock.advance(0)

  expect(queue.count('sweep')).toBe(2)
})

it('goes on at once while there is more to do', async () => {
  const { queue, clock, sweeper } = sweeping()
  queue.sweepReplies = Array.from({ length: 10 }, () => ({ more: true }))

  sweeper.start()
  await vi.waitFor(() => expect(queue.count('sweep')).toBe(11))
  await clock.advance(100)

  expect(queue.count('sweep')).toBe(11)
})

it('waits a little where another process was left to do what is due', async () => {
  const { queue, clock, sweeper, backendNow } = sweeping()
  queue.sweepReplies = [{ more: false, next: backendNow() - 5 }]

  sweeper.start()
  await clock.advance(49)
  expect(queue.count('sweep')).toBe(1)
  await clock.advance(1)

  expect(queue.count('sweep')).toBe(2)
})

it('survives the absence of the backend, and says nothing of it', async () => {
  const { queue, clock, sweeper, log } = sweeping()
  queue.away = 'rejected'
  sweeper.start()
  await clock.advance(5_000)
  const tries = queue.count('sweep')
  queue.away = undefined
  queue.sweepReplies = [{ more: false, next: clock.now() + 3_000 }]

  await clock.advance(4_000)

  expect(tries).toBeGreaterThan(3)
  expect(tries).toBeLessThan(15)
  expect(queue.count('sweep')).toBe(tries + 2)
  expect(log.lines).toEqual([])
})

it('tries again soon after each time that the backend was there', async () => {
  const { queue, clock, sweeper } = sweeping()
  queue.away = 'rejected'
  sweeper.start()
  await clock.advance(10_000)
  queue.away = undefined
  await clock.advance(1_000)
  queue.away = 'rejected'
  sweeper.wake()
  await clock.advance(0)
  const tries = queue.count('sweep')

  await clock.advance(50)

  expect(queue.count('sweep')).toBe(tries + 1)
})

it('reports what else goes wrong, and tries again later', async () => {
  const { queue, clock, sweeper, log } = sweeping()
  const sweep = vi.spyOn(queue, 'sweep').mockRejectedValueOnce(new TypeError('odd'))

  sweeper.start()
  await clock.advance(15_000)

  expect(log.lines).toEqual(['sweep failed'])
  expect(sweep).toHaveBeenCalledTimes(2)
})

it('compares its clock with the backend every 5 minutes', async () => {
  const { queue, clock, sweeper } = sweeping()
  const now = vi.spyOn(queue, 'now')

  sweeper.start()
  await clock.advance(750_000)

  expect(now).toHaveBeenCalledTimes(3)
})

it('comes a little later than others of a server, where it may', async () => {
  const { queue, clock, sweeper, backendNow } = sweeping({ spread: true })
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  onTestFinished(() => void vi.restoreAllMocks())
  queue.sweepReplies = [
    { more: false, next: backendNow() + 2_000 },
    { more: false, next: backendNow() + 2_500 },
  ]

  sweeper.start()
  await clock.advance(2_024)
  expect(queue.count('sweep')).toBe(1)
  await clock.advance(1)
  expect(queue.count('sweep')).toBe(2)
  await clock.advance(475)

  expect(queue.count('sweep')).toBe(3)
})

it('stops for good, leaving no timer', async () => {
  const { queue, clock, sweeper } = sweeping()
  sweeper.start()
  await clock.advance(0)

  await sweeper.stop()
  sweeper.due(0)
  sweeper.start()
  await clock.advance(60_000)

  expect(clock.timers).toBe(0)
  expect(queue.count('sweep')).toBe(1)
})
