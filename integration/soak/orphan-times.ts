import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { saidIn } from './local-pool.ts'
import { goneAll } from './times.ts'

const OWNER = fileURLToPath(new URL('./spinning-owner.ts', import.meta.url))
const CHILDREN = 3

/** How long spinning processes live on after the program that owns them was killed outright, in ms each. */
export async function orphanTimes(count: number, execArgv: readonly string[] = []): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'taskspace-orphans-'))
  const times: number[] = []
  while (times.length < count) {
    const files = Array.from({ length: CHILDREN }, () => join(folder, randomUUID()))
    const owner = spawn(process.execPath, [...execArgv, OWNER, ...files], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, FORCE_COLOR: '0' },
    })
    const ended = new Promise((resolve) => owner.once('exit', resolve))
    // Each of them and the one that it has started; those end with the group of their process.
    const paths = (await Promise.all(files.map(saidIn))) as readonly (readonly string[])[]
    owner.kill('SIGKILL')
    await ended
    const from = performance.now()
    await goneAll(paths.flat())
    times.push(performance.now() - from)
  }
  rmSync(folder, { recursive: true, force: true })
  return times
}
