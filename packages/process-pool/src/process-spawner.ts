import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkerLink, WorkerSpawner, WorkerWatcher } from '@taskspace/core/pool'
import { BlackBox } from './black-box.ts'
import { ChildLink } from './child-link.ts'
import { DebugNotices } from './debug-notices.ts'
import { childEnvironment } from './exec-arguments.ts'
import { failedLink } from './failed-link.ts'
import { GroupUsage } from './group-usage.ts'
import { OutputLines } from './output-lines.ts'
import type { ProcessSettings } from './process-options.ts'

/** Where a child begins: the source in the workspace, what was built of it elsewhere. */
const ENTRY = entryPath('child')

/** Path of a file beside this one, in the sources as well as where it is compiled. */
export function entryPath(name: string): string {
  return fileURLToPath(new URL(`./${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))
}

/** Starts child processes, each the leader of a group of its own. */
export class ProcessSpawner implements WorkerSpawner {
  readonly #settings: ProcessSettings
  readonly #groups = new GroupUsage()

  readonly #entry: string

  /** `entry`: path of what each child runs, if not the jobs of a pool. */
  constructor(settings: ProcessSettings, entry = ENTRY) {
    this.#settings = settings
    this.#entry = entry
  }

  spawn(watcher: WorkerWatcher): WorkerLink {
    try {
      return this.start(watcher)
    } catch (error) {
      return failedLink(error)
    }
  }

  /** The same. @throws what the system says if it gives no process. */
  start(watcher: WorkerWatcher): ChildLink {
    const blackBox = new BlackBox()
    const sandbox = this.#settings.sandbox ? mkdtempSync(join(tmpdir(), 'taskspace-sandbox-')) : undefined
    const child = this.#start(blackBox, sandbox)
    const { stdout, stderr } = child
    if (stdout !== null) new OutputLines(stdout, (lines) => watcher.output('stdout', lines))
    const notices = this.#settings.listens ? undefined : new DebugNotices()
    const tell = (lines: readonly string[]): void => this.#errors(watcher, lines, notices)
    const errors = stderr === null ? undefined : new OutputLines(stderr, tell)
    this.#setNice(child)
    return new ChildLink({ child, blackBox, sandbox, errorTail: () => errors?.tail ?? '', groups: this.#groups })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  // Read in any case: what V8 says when its heap is full is only there.
  #errors(watcher: WorkerWatcher, lines: readonly string[], notices: DebugNotices | undefined): void {
    const own = lines.filter((line) => {
      const what = notices?.read(line) ?? 'line'
      if (what === 'signal') watcher.stackWanted()
      return what === 'line'
    })
    if (own.length === 0) return
    if (this.#settings.captureOutput) watcher.output('stderr', own)
    else process.stderr.write(`${own.join('\n')}\n`)
  }

  #start(blackBox: BlackBox, sandbox: string | undefined): ChildProcess {
    const { cwd, env, execArgv, captureOutput } = this.#settings
    return spawn(
      process.execPath,
      [...execArgv, this.#entry, String(process.pid), ...(sandbox === undefined ? [] : [sandbox])],
      {
        // A group of its own: Ctrl-C does not reach it, and what it starts can be ended with it.
        detached: true,
        stdio: ['ignore', captureOutput ? 'pipe' : 'inherit', 'pipe', 'pipe', blackBox.fd],
        env: { ...childEnvironment(process.env), ...env },
        ...(cwd !== undefined && { cwd }),
      },
    )
  }

  #setNice({ pid }: ChildProcess): void {
    const { nice } = this.#settings
    if (nice !== 0 && pid !== undefined) setPriority(pid, nice)
  }
}
