import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/** A program that takes longer hangs. */
const HANGS_MS = 240_000

async function run(program: URL, ...flags: readonly string[]): Promise<string[]> {
  const args = ['--conditions=@taskspace/source', '--unhandled-rejections=strict', ...flags, fileURLToPath(program)]
  const env = { ...process.env, FORCE_COLOR: '0' }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, timeout: HANGS_MS })
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

it(
  'works long chains, wide fans and deep tail calls off, and counts right',
  async () => {
    const lines = await run(new URL('./programs/chains.ts', import.meta.url))

    expect(lines.map((line) => JSON.parse(line))).toEqual([
      ['chain', 30_000],
      ['failing chain', ['TASK_FAILED', 'Error: the first one broke', 'TaskFailure']],
      ['tail calls', 0],
      ['fan', 1],
      ['counts', { success: 160_003, failures: 100_001, processing: 0 }],
    ])
  },
  HANGS_MS,
)

it(
  'leaves nothing behind of what is over: waits, jobs, logs, followers',
  async () => {
    const lines = await run(new URL('./programs/growth.ts', import.meta.url), '--expose-gc')
    const bytes = lines.map((line) => JSON.parse(line) as [what: string, bytes: number])

    // The smallest thing that could be left of one takes more.
    expect(bytes.filter(([, each]) => !(each < 50))).toEqual([])
    expect(bytes).toHaveLength(7)
  },
  HANGS_MS,
)

it('lets a program end by itself in which everything goes wrong once, without a rejection that nobody handles', async () => {
  const [line] = await run(new URL('./programs/life.ts', import.meta.url))

  expect(JSON.parse(line ?? '')).toEqual([
    ...[3, 'TASK_FAILED', 'TASK_FAILED', 'TASK_FAILED', 'WAIT_TIMEOUT', 'TypeError', 'CLOSED'],
    ...['CLOSED', 'not there'],
  ])
})
