import { inspect } from 'node:util'
import { InvalidName } from '../errors/usage-errors.ts'
import { shownValue } from '../shown-value.ts'
import { isReserved, nameProblem } from '../tasks/task-name.ts'
import type { AllOptions } from './call-options.ts'
import type { CallTarget } from './call-target.ts'
import type { JobRef } from './deferred.ts'
import { parseCallOptions } from './parse-call-options.ts'
import { mergeOptions, NO_OPTIONS, type ParsedOptions } from './parsed-options.ts'
import type { Queue } from './queue.ts'

/** What a queue is made with. */
export interface QueueSetup {
  /** The queue's defaults, from `parseQueueDefaults`; default none. */
  readonly defaults?: ParsedOptions
  /** Makes the queue `await using`-able: flushes, and closes what the queue owns. */
  readonly dispose?: () => Promise<void>
}

type Callable = (...args: readonly unknown[]) => JobRef
type Setup = { readonly target: CallTarget; readonly options: ParsedOptions; readonly dispose?: () => Promise<void> }

/** Paths of one level that are kept for the next use; whoever makes names up as they go gets a new proxy each time beyond it. */
const MAX_KEPT = 1024

const targets = new WeakMap<object, CallTarget>()

/**
 * The queue as applications see it: `queue.math.add(1, 2)` enqueues a job of `math.add` at `target`.
 *
 * Nothing but a call enqueues: names that languages, loggers and test libraries try by themselves answer without one
 * (`then` is undefined, `toString()` gives `queue(math.add)`), so do symbols, `in` and `Object.keys`. There is no round
 * trip and no check that a task exists before a job runs (WQ-16, WQ-17).
 */
export function createQueue<S>(target: CallTarget, setup: QueueSetup = {}): Queue<S> {
  const { defaults = NO_OPTIONS, dispose } = setup
  return proxyOf('', { target, options: defaults, ...(dispose !== undefined && { dispose }) }) as Queue<S>
}

/** Whether two queues, or parts of them, are of the same broker and queue name (WQ-18); false for what is no queue. */
export function isSameQueue(a: unknown, b: unknown): boolean {
  const one = targetOf(a)
  const other = targetOf(b)
  if (one === undefined || other === undefined) return false
  return one.owner === other.owner && one.describe() === other.describe()
}

function targetOf(queue: unknown): CallTarget | undefined {
  return typeof queue === 'function' ? targets.get(queue) : undefined
}

function proxyOf(path: string, setup: Setup): Callable {
  const callable = callableOf(path, setup)
  // console.log looks for this on the target of a proxy, past the traps.
  Object.defineProperty(callable, inspect.custom, {
    value: () => `<Queue ${path === '' ? '' : `${path} `}[${setup.target.describe()}]>`,
    configurable: true,
  })
  const proxy = new Proxy(callable, new QueueTraps(path, setup))
  targets.set(proxy, setup.target)
  return proxy
}

// An arrow function has no `prototype`, which a proxy would have to report truthfully.
function callableOf(path: string, { target, options }: Setup): Callable {
  const problem = path === '' ? 'is empty: call a task of the queue, such as queue.math.add(…)' : nameProblem(path)
  if (problem === undefined) return (...args) => target.call(path, args, options)
  return () => {
    throw new InvalidName(`task name ${shownValue(path)} ${problem}`)
  }
}

class QueueTraps implements ProxyHandler<Callable> {
  readonly #path: string
  readonly #setup: Setup
  readonly #kept = new Map<string, unknown>()

  constructor(path: string, setup: Setup) {
    this.#path = path
    this.#setup = setup
  }

  get(_callable: Callable, key: string | symbol): unknown {
    if (typeof key === 'symbol') return key === Symbol.asyncDispose ? this.#setup.dispose : undefined
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept

    const answer = this.#answer(key)
    if (this.#kept.size < MAX_KEPT) this.#kept.set(key, answer)
    return answer
  }

  has(): boolean {
    return false
  }

  ownKeys(): string[] {
    return []
  }

  getOwnPropertyDescriptor(): undefined {
    return undefined
  }

  set(): boolean {
    return false
  }

  defineProperty(): boolean {
    return false
  }

  deleteProperty(): boolean {
    return false
  }

  setPrototypeOf(): boolean {
    return false
  }

  preventExtensions(): boolean {
    return false
  }

  #answer(key: string): unknown {
    if (key === 'with') return (options: AllOptions) => this.#with(options)
    if (key === 'toString' || key === 'toLocaleString' || key === 'toJSON') return () => this.#text()
    if (key === 'valueOf') return itself
    if (isReserved(key)) return undefined

    const { target, options } = this.#setup
    return proxyOf(this.#path === '' ? key : `${this.#path}.${key}`, { target, options })
  }

  #with(options: AllOptions): Callable {
    const { target, options: under } = this.#setup
    return proxyOf(this.#path, { target, options: mergeOptions(parseCallOptions(options), under) })
  }

  #text(): string {
    return `queue(${this.#path})`
  }
}

// As it gives an object, `queue + ''` goes on to toString.
function itself(this: unknown): unknown {
  return this
}
