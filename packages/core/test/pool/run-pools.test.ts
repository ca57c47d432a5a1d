import { EventEmitter } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { AlreadyStarted } from '../../src/pool/already-started.ts'
import { runPools } from '../../src/pool/run-pools.ts'
import type { StopOptions } from '../../src/pool/worker-pool.ts'
import { startPools } from '../../src/start-pools.ts'

function gate() {
  let resolve!: () => void
  let reject!: (error: Error) => void
  const promise = new Promise<void>((...settle) => {
    ;[resolve, reject] = settle
  })
  return { promise, resolve, reject }
}

/** A pool that starts and stops when the test says so. */
class FakePool {
  readonly stops: StopOptions[] = []
  readonly #starting = gate()
  readonly #ended = gate()

  start(): Promise<void> {
    return this.#starting.promise
  }

  async stop(options: StopOptions = {}): Promise<void> {
    this.stops.push(options)
    await this.#ended.promise
  }

  join(): Promise<void> {
    return this.#ended.promise
  }

  isStarted(): this {
    this.#starting.resolve()
    return this
  }

  failsToStart(error: Error): this {
    this.#starting.reject(error)
    return this
  }

  hasStopped(): void {
    this.#ended.resolve()
  }
}

const settle = () => new Promise(setImmediate)
const AT_ONCE = { drainTimeout: 0, grace: 0 }
const listeners = (signals: EventEmitter) => signals.listenerCount('SIGTERM') + signals.listenerCount('SIGINT')

describe('pools that are started together', () => {
  it('are one at least [WQ-63]', async () => {
    await expect(startPools()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'pools' })
  })

  it.each(['SIGTERM', 'SIGINT'])('all stop at %s, and leave no listener [WQ-61, WQ-63]', async (signal) => {
    const signals = new EventEmitter()
    const pools = [new FakePool().isStarted(), new FakePool().isStarted()]
    const running = runPools(pools, signals)
    await settle()

    signals.emit(signal)
    const stops = pools.map((pool) => pool.stops)
    for (const pool of pools) pool.hasStopped()
    await running

    expect(stops).toEqual([[{}], [{}]])
    expect(listeners(signals)).toBe(0)
  })

  it('stop at once at a second signal, and heed no more of them [RW-53]', async () => {
    const signals = new EventEmitter()
    const pool = new FakePool().isStarted()
    const running = runPools([pool], signals)
    await settle()

    signals.emit('SIGINT')
    for (let count = 0; count < 1000; count += 1) signals.emit('SIGTERM')
    pool.hasStopped()
    await running

    expect(pool.stops).toEqual([{}, AT_ONCE])
  })

  it('stop also if they have not started yet', async () => {
    const signals = new EventEmitter()
    const [quick, slow] = [new FakePool().isStarted(), new FakePool()]
    const running = runPools([quick, slow], signals)
    await settle()

    signals.emit('SIGTERM')
    slow.isStarted()
    await settle()
    for (const pool of [quick, slow]) pool.hasStopped()
    await running

    expect([quick, slow].map(({ stops }) => stops)).toEqual([[{}], [{}]])
    expect(listeners(signals)).toBe(0)
  })

  it('say at SIGUSR1 where their code is, those that can [RQ-96]', async () => {
    const signals = new EventEmitter()
    const logStacks = vi.fn(() => Promise.resolve())
    const pools = [Object.assign(new FakePool().isStarted(), { logStacks }), new FakePool().isStarted()]
    const running = runPools(pools, signals)
    await settle()

    signals.emit('SIGUSR1')
    for (const pool of pools) pool.hasStopped()
    await running
    signals.emit('SIGUSR1')

    expect(logStacks).toHaveBeenCalledTimes(1)
    expect(signals.eventNames()).toEqual([])
  })

  it('leave SIGUSR1 to Node where none of them can', async () => {
    const signals = new EventEmitter()
    const pool = new FakePool().isStarted()
    const running = runPools([pool], signals)
    const heard = signals.listenerCount('SIGUSR1')
    pool.hasStopped()
    await running

    expect(heard).toBe(0)
  })

  it('are over when each was stopped by the application', async () => {
    const signals = new EventEmitter()
    const pools = [new FakePool().isStarted(), new FakePool().isStarted()]
    const running = runPools(pools, signals)
    await settle()

    for (const pool of pools) pool.hasStopped()

    await expect(running).resolves.toBeUndefined()
  })

  it('stop when one of them cannot be started, which is told', async () => {
    const signals = new EventEmitter()
    const good = new FakePool().isStarted()
    const bad = new FakePool().failsToStart(new AlreadyStarted('cannot start already running WorkerPool'))
    const running = runPools([good, bad], signals)
    const told = expect(running).rejects.toMatchObject({ code: 'ALREADY_STARTED' })
    await settle()

    good.hasStopped()
    await told

    expect(good.stops).toEqual([{}])
    expect(bad.stops).toEqual([])
    expect(listeners(signals)).toBe(0)
  })

  it('tell everything that went wrong', async () => {
    const [one, other] = [new Error('one'), new Error('other')]
    const pools = [new FakePool().failsToStart(one), new FakePool().failsToStart(other)]

    const running = runPools(pools, new EventEmitter())

    await expect(running).rejects.toMatchObject({ errors: [one, other] })
  })
})
