import { readdirSync, readFileSync } from 'node:fs'

/** The processes that have this variable in their environment, which those that they start inherit; no zombies. */
export function markedProcesses(name: string, value: string): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => isMarked(pid, `${name}=${value}`))
}

// It may have ended meanwhile; a zombie has no environment.
function isMarked(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)
  } catch {
    return false
  }
}
