import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
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
import { killGroup } from './kill-group.ts'
import { OutputLines } from './output-lines.ts'
import type { ProcessSettings } from './process-options.ts'

/** Where a child begins: the source in the workspace, what was built of it elsewhere. */
const ENTRY = entryPath('child')

/** Path of a file beside this one, in the sources as well as where it is compiled. */
export function entryPath(name: string): string {
  return fileURLToPath(new URL(`./${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))
}

/** What there is of a child that is being started. */
interface BegunChild {
  readonly blackBox: BlackBox
  sandbox?: string
  child?: ChildProcess
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

  /** The same. @throws what the system says if it gives no process; nothing is left of what was begun. */
  start(watcher: WorkerWatcher): ChildLink {
    const begun: BegunChild = { blackBox: new BlackBox() }
    try {
      if (this.#settings.sandbox) begun.sandbox = mkdtempSync(join(tmpdir(), 'taskspace-sandbox-'))
      begun.child = this.#start(begun.blackBox, begun.sandbox)
      this.#setNice(begun.child)
      return this.#link(begun.child, begun, watcher)
    } catch (error) {
      undo(begun)
      throw error
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #link(child: ChildProcess, { blackBox, sandbox }: BegunChild, watcher: WorkerWatcher): ChildLink {
    const { stdout, stderr } = child
    if (stdout !== null) new OutputLines(stdout, (lines) => watcher.output('stdout', lines))
    const notices = this.#settings.listens ? undefined : new DebugNotices()
    const tell = (lines: readonly string[]): void => this.#errors(watcher, lines, notices)
    const errors = stderr === null ? undefined : new OutputLines(stderr, tell)
    return new ChildLink({ child, blackBox, sandbox, errorTail: () => errors?.tail ?? '', groups: this.#groups })
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
    const child = spawn(
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
    // Node leaves them out when the descriptors do not even suffice for them, and tells it as an event later.
    if ((child.stdio as ChildProcess['stdio'] | undefined) === undefined) {
      child.once('error', () => undefined)
      throw new Error('spawn: no descriptors are left for the pipes of a process')
    }
    return child
  }

  #setNice({ pid }: ChildProcess): void {
    const { nice } = this.#settings
    if (nice !== 0 && pid !== undefined) setPriority(pid, nice)
  }
}

/** Leave nothing of a child that could not be started as a whole. */
function undo({ blackBox, sandbox, child }: BegunChild): void {
  // Whoever started it is told what went wrong: what else does is no news.
  child?.on('error', () => undefined)
  if (child?.pid !== undefined) killGroup(child.pid, 'SIGKILL')
  for (const pipe of child?.stdio ?? []) pipe?.destroy()
  blackBox.close()
  if (sandbox !== undefined) rmSync(sandbox, { recursive: true, force: true })
}
