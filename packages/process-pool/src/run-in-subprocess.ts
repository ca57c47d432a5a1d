import { serialize } from 'node:v8'
import { type Duration, InvalidArgument } from '@taskspace/core'
import { crashOf, moduleUrl, receivedError, toMs } from '@taskspace/core/pool'
import type { ChildLink } from './child-link.ts'
import { type ProcessPoolOptions, processSettings } from './process-options.ts'
import { entryPath, ProcessSpawner } from './process-spawner.ts'
import { SubprocessFailed } from './subprocess-failed.ts'
import type { CallAnswer } from './subprocess-messages.ts'

/** What to run in a process of its own, and how. */
export interface SubprocessOptions extends Pick<ProcessPoolOptions, 'execArgv' | 'env' | 'cwd' | 'nice'> {
  /** File URL or absolute path of the module that exports the function: `new URL('./render.js', import.meta.url)`. */
  readonly module: URL | string
  /** Name under which it exports it. */
  readonly name: string
  /** Ends the process when it aborts: by SIGTERM, and after the `grace` by SIGKILL, with all that it has started. */
  readonly signal?: AbortSignal | undefined
  /** How long it may take to end when it was told to; default 3 s. */
  readonly grace?: Duration | undefined
}

/** A function that can be called by its name: what it takes and gives is copied. */
// biome-ignore lint/suspicious/noExplicitAny: any function is one
type Callable = (...args: any[]) => unknown

const GRACE_MS = 3_000

/** How long the process may take to end when it has told its result, in ms. */
const LEAVE_MS = 1_000

const ENTRY = entryPath('subprocess')

/**
 * Run one function in a fresh process of Node, without a queue, and give what it returns. Arguments and result are copied
 * as structured clone does it. The process ends with the function, and with this program, however suddenly that ends; what
 * it writes goes where the output of this program goes.
 *
 * ```ts
 * const page = await runInSubprocess<typeof render>({ module: new URL('./render.js', import.meta.url), name: 'render' }, 7)
 * ```
 *
 * @throws what the function throws, with its name, message, code and stack; the reason of `signal` when that aborts first;
 * SubprocessFailed if the process ends before the function does; InvalidArgument for options and arguments that cannot be
 * used.
 */
export async function runInSubprocess<F extends Callable = Callable>(
  options: SubprocessOptions,
  ...args: Parameters<F>
): Promise<Awaited<ReturnType<F>>> {
  const { module, name, signal, grace, ...rest } = options
  const graceMs = grace === undefined ? GRACE_MS : toMs(grace, 'grace')
  const settings = processSettings({ ...rest, module, captureOutput: false })
  const call = { kind: 'call', module: moduleUrl(module), name, args: sendable(args) } as const
  signal?.throwIfAborted()
  const link = started(new ProcessSpawner(settings, ENTRY))
  link.send([call])
  const answer = await answerOf(link, graceMs, signal)
  if (answer.kind === 'threw') throw receivedError(answer.error)
  return answer.value as Awaited<ReturnType<F>>
}

function sendable(args: readonly unknown[]): readonly unknown[] {
  try {
    serialize(args)
    return args
  } catch (error) {
    throw unsendable(error)
  }
}

function unsendable(cause: unknown): InvalidArgument {
  return new InvalidArgument('args', `invalid args: they cannot be sent (${String(cause)})`, { cause })
}

function started(spawner: ProcessSpawner): ChildLink {
  const link: ChildLink = spawner.start({
    output: () => undefined,
    stackWanted: () =>
      void link.stack().then((stack) => process.stderr.write(`${link.label}: ${stack ?? '(unknown)'}\n`)),
  })
  return link
}

/** What came of the call; nothing of the process is left then. */
async function answerOf(link: ChildLink, graceMs: number, signal: AbortSignal | undefined): Promise<CallAnswer> {
  let answer: CallAnswer | undefined
  let timer: NodeJS.Timeout | undefined
  const force = (ms: number): void => {
    timer ??= setTimeout(() => link.terminate('force'), ms)
  }
  const abort = (): void => {
    link.terminate('ask')
    force(graceMs)
  }
  signal?.addEventListener('abort', abort)
  link.onAnswer(([first]) => {
    answer ??= first
    force(LEAVE_MS)
  })
  const exit = await link.exited
  clearTimeout(timer)
  signal?.removeEventListener('abort', abort)
  if (answer !== undefined) return answer
  signal?.throwIfAborted()
  throw new SubprocessFailed(link.label, crashOf(exit))
}
