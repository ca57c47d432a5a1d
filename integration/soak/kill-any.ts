/** End one of these processes, at random which and how hard; false if there is none. */
export function killAny(pids: readonly number[]): boolean {
  const pid = pids[Math.floor(Math.random() * pids.length)]
  if (pid === undefined) return false
  try {
    return process.kill(pid, Math.random() < 0.5 ? 'SIGKILL' : 'SIGTERM')
  } catch {
    // It has ended meanwhile.
    return false
  }
}
