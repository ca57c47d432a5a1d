import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { WorkerUsage } from '@taskspace/core/pool'

/** What Linux counts processor time in, whatever it measures it in. */
const MS_A_TICK = 10

/** How long `ps` may take, in ms. */
const PATIENCE_MS = 3_000

/** What one process takes. */
interface Member {
  readonly group: number
  readonly memoryBytes: number
  readonly cpuMs: number
}

/** What the processes of groups take, all together. Looks once for all who ask at the same time. */
export class GroupUsage {
  #looking: Promise<readonly Member[]> | undefined

  /** Of the group that this process leads; empty if there is none, or it cannot be told. Never rejects. */
  async of(leader: number): Promise<WorkerUsage> {
    const members = (await this.#look()).filter(({ group }) => group === leader)
    if (members.length === 0) return {}
    return {
      memoryBytes: members.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      cpuMs: members.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    }
  }

  #look(): Promise<readonly Member[]> {
    this.#looking ??= allProcesses().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }
}

async function allProcesses(): Promise<readonly Member[]> {
  try {
    return process.platform === 'linux' ? await listedInProc() : await listedByPs()
  } catch {
    // Neither is there: it cannot be told.
    return []
  }
}

async function listedInProc(): Promise<readonly Member[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const members = await Promise.all(pids.map(readMember))
  return members.filter((member) => member !== undefined)
}

async function readMember(pid: string): Promise<Member | undefined> {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ])
    return memberOf(stat, status)
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}

/** Of the two files that Linux has of each process. Processes that have ended count with the one that waited for them. */
function memberOf(stat: string, status: string): Member {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0)
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
  return { group: Number(fields[2]), memoryBytes: kilobytes * 1024, cpuMs: ticks * MS_A_TICK }
}

async function listedByPs(): Promise<readonly Member[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pgid=,rss=,time='], { timeout: PATIENCE_MS })
  return stdout.split('\n').flatMap((line) => psMember(line) ?? [])
}

/** Of a line of `ps`: group, memory in kB, time as `[days-][hours:]minutes:seconds[.fraction]`. */
export function psMember(line: string): Member | undefined {
  const [, group, kilobytes, days = '0', time] = /^\s*(\d+)\s+(\d+)\s+(?:(\d+)-)?([\d:.]+)\s*$/.exec(line) ?? []
  if (time === undefined) return undefined
  const seconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  const cpuMs = Math.round((Number(days) * 86_400 + seconds) * 1000)
  return { group: Number(group), memoryBytes: Number(kilobytes) * 1024, cpuMs }
}
