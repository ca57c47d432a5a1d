import { existsSync, readFileSync } from 'node:fs'
import { eventually } from '@taskspace/testing'
import { describe, expect, it } from 'vitest'
import { PoolFixture } from './pool-fixture.ts'

const TIMEOUT_MS = 60_000
const PATIENCE = { timeout: 20_000 }

/** Send a process SIGUSR1, and give what is logged of it then. */
async function asked(fixture: PoolFixture, pid: number): Promise<string> {
  const before = fixture.log.length
  process.kill(pid, 'SIGUSR1')
  return eventually(() => logged(fixture, pid, before), PATIENCE)
}

function logged(fixture: PoolFixture, pid: number, from: number): string {
  const found = fixture.log.slice(from).find((line) => line.startsWith(`info worker process ${pid} `))
  if (found === undefined) throw new Error('it has logged nothing')
  return found
}

describe('a process that gets SIGUSR1', { timeout: TIMEOUT_MS }, () => {
  it('logs where its code is, though it computes without end [RQ-96]', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const file = fixture.file()
    const job = fixture.queue.t.spin(file)
    await eventually(() => existsSync(file) && readFileSync(file, 'utf8') !== '', PATIENCE)
    const pid = Number(readFileSync(file, 'utf8'))

    const reports = [await asked(fixture, pid), await asked(fixture, pid)]
    const lines = await eventually(async () => {
      const found = await job.logs()
      if (found.length < 2) throw new Error('not all is in the log yet')
      return found
    }, PATIENCE)

    for (const report of reports) {
      expect(report).toContain(`runs t.spin [default:${job.id}]:`)
      expect(report).toMatch(/\n {4}at spin \(file:.*modules\/tasks\.ts:\d+:\d+\)/)
    }
    expect(lines.map(({ text }) => `info ${text}`)).toEqual(reports)
    expect(fixture.log.join(' ')).not.toContain('ws://')
    await job.cancel()
  })

  it('says which job waits, when no code runs [RQ-96]', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { pid } = await fixture.queue.t.about().result()
    const job = fixture.queue.t.wait(600_000)
    await eventually(async () => (await job.status()) === 'processing', PATIENCE)

    await eventually(
      async () => (await asked(fixture, pid)).includes(`waits in t.wait [default:${job.id}]: no code`),
      PATIENCE,
    )
    await job.cancel()
  })

  it('says that it has nothing to do, and goes on [RQ-96]', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue
    const { pid } = await t.about().result()

    await eventually(async () => (await asked(fixture, pid)).includes('has nothing to do'), PATIENCE)
    expect((await t.about().result()).pid).toBe(pid)
  })

  it('is not needed where the program asks for it', async () => {
    await using fixture = new PoolFixture()
    const pool = await fixture.pool({ inspect: true })
    const file = fixture.file()
    const job = fixture.queue.t.spin(file)
    await eventually(() => existsSync(file), PATIENCE)

    await pool.logStacks()

    expect(fixture.log.filter((line) => /worker process \d+ runs t\.spin/.test(line))).toHaveLength(1)
    await job.cancel()
  })
})
