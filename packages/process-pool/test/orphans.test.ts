import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventually } from '@taskspace/testing'
import { describe, expect, it } from 'vitest'
import { isAlive, PoolFixture } from './pool-fixture.ts'
import { SOURCES } from './sources.ts'

const TIMEOUT_MS = 60_000
const CHILD = fileURLToPath(new URL('../src/child.ts', import.meta.url))

/** What children import of core. */
const CORE = ['serveWorker', 'packedToWorker', 'packedFromWorker', 'unpackedToWorker', 'unpackedFromWorker']
  .map((name) => `${name} = 0`)
  .join()

/** Lets nothing be loaded that is core's. */
const ENDLESS_LOAD = dataUrl(`
  import { registerHooks } from 'node:module'
  const url = ${JSON.stringify(dataUrl(`await new Promise(() => setInterval(() => undefined, 1000)); export const ${CORE}`))}
  registerHooks({
    resolve: (name, context, next) => name === '@taskspace/core/pool' ? { url, shortCircuit: true } : next(name, context),
  })
`)
const OWNER = fileURLToPath(new URL('./programs/owner.ts', import.meta.url))

/** A program that owns a pool of spinning children and an idle one, and the numbers of those. */
async function startOwner(files: readonly string[]) {
  const owner = spawn(process.execPath, [...SOURCES, OWNER, ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FORCE_COLOR: '0' },
  })
  const output: string[] = []
  owner.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  const ended = new Promise<void>((resolve) => owner.once('close', () => resolve()))
  const children = await eventually(() => childrenIn(output.join(''), files), { timeout: 40_000 })
  return { owner, ended, output, children }
}

/** Their numbers, once all have told them. */
function childrenIn(output: string, files: readonly string[]): readonly number[] {
  const idle = /idle (\d+)/.exec(output)?.[1]
  const spinning = files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : ''))
  if (idle === undefined || spinning.includes('')) throw new Error('not all children have told their number')
  return [idle, ...spinning].map(Number)
}

describe('children', { timeout: TIMEOUT_MS }, () => {
  it('do not outlive their owner, however it dies and whatever they do [WQ-68, RW-51]', async () => {
    await using fixture = new PoolFixture()
    const { owner, ended, children } = await startOwner([fixture.file(), fixture.file()])
    const alive = children.filter(isAlive)

    owner.kill('SIGKILL')
    await ended

    expect(alive).toHaveLength(3)
    await eventually(() => children.every((pid) => !isAlive(pid)))
  })

  it('end while they load what they run, when their owner is gone by then', async () => {
    const child = spawn(process.execPath, [...SOURCES, '--import', ENDLESS_LOAD, CHILD, String(process.pid + 1)], {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'],
    })

    const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)))

    expect(signal).toBe('SIGKILL')
  })

  it('are in groups of their own, so that Ctrl-C reaches their owner alone [WQ-67]', async () => {
    await using fixture = new PoolFixture()
    const { owner, ended, output, children } = await startOwner([fixture.file()])
    const groups = children.map((pid) => Number(statOf(pid)[2]))

    for (const pid of children) process.kill(pid, 'SIGINT')
    owner.kill('SIGINT')
    await eventually(() => output.join('').includes('interrupted'))
    const alive = children.filter(isAlive)
    owner.kill('SIGKILL')
    await ended

    expect(groups).toEqual(children)
    expect(alive).toEqual(children)
    await eventually(() => children.every((pid) => !isAlive(pid)))
  })
})

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`
}

/** What the system tells of a process, from its state on. */
function statOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
