import { readdirSync, readFileSync } from 'node:fs'

/** Processes that this one has started and that have not been waited for. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number)
}

/** Whether a process or thread of this path in `/proc` is there, and no zombie. */
export function isThere(path: string): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`${path}/status`, 'utf8'))
  } catch {
    return false
  }
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}
