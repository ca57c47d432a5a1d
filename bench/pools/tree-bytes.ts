import { readdirSync, readFileSync } from 'node:fs'

/** Resident memory of this process and all that it has started, in bytes; Linux only. */
export function treeBytes(): number {
  const parents = new Map<number, number>()
  const bytes = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const status = /^\d+$/.test(name) ? statusOf(name) : undefined
    if (status === undefined) continue
    parents.set(Number(name), field(status, 'PPid'))
    bytes.set(Number(name), field(status, 'VmRSS') * 1024)
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid === process.pid || (pid !== undefined && pid !== 0 && isOurs(parents.get(pid)))
  return [...bytes].filter(([pid]) => isOurs(pid)).reduce((total, [, size]) => total + size, 0)
}

function statusOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return undefined // It has ended meanwhile.
  }
}

function field(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0)
}
