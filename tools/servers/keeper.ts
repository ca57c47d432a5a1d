import { readFile, rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Outlives whoever started a server, to stop it and remove its folder: also when the tests were killed. Its standard
 * input is a pipe from them; its end is their end. Arguments: the folder, and the file in it that begins with the
 * server's process id.
 */
const [folder, pidFile] = process.argv.slice(2) as [string, string]

process.on('SIGINT', () => undefined)
process.stdin.resume()
process.stdin.once('end', () => void clearAway())

async function clearAway(): Promise<void> {
  const pid = await readFile(pidFile, 'utf8').then(
    (text) => Number.parseInt(text, 10),
    () => undefined,
  )
  if (pid !== undefined && pid > 0) await end(pid)
  await rm(folder, { recursive: true, force: true })
}

async function end(pid: number): Promise<void> {
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    if (!send(pid, signal)) return
    for (let tries = 0; tries < 50 && send(pid, 0); tries += 1) await pause(100)
  }
}

/** Whether there was a process to send it to. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
