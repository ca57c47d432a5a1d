import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ThreadPool } from '../src/index.ts'
import { ThreadWorld } from './thread-world.ts'

let world: ThreadWorld

beforeEach(() => {
  world = new ThreadWorld()
})

afterEach(() => world.close())

const reports = () => world.log.filter((line) => line.startsWith('info worker thread'))

/** Asks again until it is said: what a thread does besides its jobs may be what is seen first. */
const says = (pool: ThreadPool, text: string) =>
  world.eventually(async () => {
    await pool.logStacks()
    return reports().some((report) => report.includes(text))
  })

describe('threads that are asked where their code is', () => {
  it('tell it though they compute without end [RQ-96]', async () => {
    const pool = await world.started()
    const gate = world.gate()
    const job = world.queue.rough.spin(gate.path)
    await gate.reached()

    await pool.logStacks()
    await pool.logStacks()
    const lines = await world.eventually(async () => {
      const found = await job.logs()
      if (found.length < 2) throw new Error('not all is in the log yet')
      return found
    })

    const spinning = reports().filter((report) => report.includes(`runs rough.spin [default:${job.id}]:`))
    expect(spinning).toHaveLength(2)
    expect(spinning[1]).toMatch(/\n {4}at spin \(file:.*rough-tasks\.ts:\d+:\d+\)/)
    expect(lines.map(({ text }) => `info ${text}`)).toEqual(spinning)
    await job.cancel()
  })

  it('say which job waits when no code runs, and that they have nothing to do, and go on [RQ-96]', async () => {
    const pool = await world.started()
    const job = world.queue.rough.idle()

    await says(pool, `waits in rough.idle [default:${job.id}]: no code runs`)
    await job.cancel()
    await says(pool, 'has nothing to do')

    expect(await world.queue.rough.add(1, 2).result()).toBe(3)
  })
})
