import { Worker } from 'node:worker_threads'

/** How often it is looked whether the parent lives, in ms. */
const LOOK_MS = 250

/**
 * Ends this process and all that it has started when its parent is gone: by a thread, since the code of a job may keep the
 * event loop from ever turning. Removes the sandbox first. Code as text, so that no file has to be found.
 */
export function watchParent(parent: number, sandbox: string | undefined): void {
  const code = `
    const { rmSync } = require('node:fs')
    const { workerData: { parent, sandbox } } = require('node:worker_threads')
    setInterval(() => {
      if (process.ppid === parent) return
      try { if (sandbox !== undefined) rmSync(sandbox, { recursive: true, force: true }) } catch {}
      try { process.kill(-process.pid, 'SIGKILL') } catch { process.kill(process.pid, 'SIGKILL') }
    }, ${LOOK_MS})
  `
  const worker = new Worker(code, {
    eval: true,
    workerData: { parent, sandbox },
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
  })
  worker.unref()
}
