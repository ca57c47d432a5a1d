import { onTickEnd } from '../../client/tick.ts'
import { Closed } from '../../errors/backend-errors.ts'
import type { AnswerMessage, Ask, FromWorker } from './messages.ts'
import { receivedError } from './sent-error.ts'
import type { WorkerChannel } from './worker-link.ts'

interface Asked {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** How long code may keep what it tells to itself, in ms, while it does not give way. */
const URGENT_MS = 10

/** A worker's way to its host: messages of one tick travel together, questions are answered. */
export class ToHost {
  readonly #channel: Pick<WorkerChannel, 'send'>
  readonly #asked = new Map<number, Asked>()
  #batch: FromWorker[] = []
  #work: (() => { readonly jobs: number; readonly ms: number }) | undefined
  #lastAsk = 0
  #closed = false

  /** Since when the code of this tick runs, as far as is known; `undefined`: nobody has asked in this tick. */
  #busySince: number | undefined

  constructor(channel: Pick<WorkerChannel, 'send'>) {
    this.#channel = channel
  }

  /** Where to ask what was worked, which goes with each batch. */
  set work(work: () => { readonly jobs: number; readonly ms: number }) {
    this.#work = work
  }

  /**
   * Whether the code that runs has kept this thread to itself for so long that what it tells is to leave now: it may be
   * long until the end of the tick, and it may be ended before.
   */
  get isUrgent(): boolean {
    const now = performance.now()
    if (this.#busySince === undefined) {
      this.#watch(now)
      return false
    }
    return now - this.#busySince >= URGENT_MS
  }

  /** Code begins that may keep this thread to itself: the first that it tells leaves at once. */
  begins(): void {
    this.#watch(Number.NEGATIVE_INFINITY)
  }

  /** Send with the others of this tick. */
  post(message: FromWorker): void {
    if (this.#batch.push(message) === 1) onTickEnd(() => this.flush())
  }

  /** Send what there is now: the code that runs next may never end. */
  flush(): void {
    if (this.#batch.length === 0) return
    const work = this.#work?.()
    if (work !== undefined && work.jobs > 0) this.#batch.push({ kind: 'worked', ...work })
    const batch = this.#batch
    this.#batch = []
    this.#channel.send(batch)
  }

  /** Ask the host. Rejects with its error; with the reason of `signal` never: it is for the host to answer sooner. */
  ask(what: Ask, signal?: AbortSignal): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Closed('the worker ends'))
    this.#lastAsk += 1
    const ask = this.#lastAsk
    const answer = new Promise<unknown>((resolve, reject) => this.#asked.set(ask, { resolve, reject }))
    this.post({ kind: 'ask', ask, what })
    if (signal === undefined) return answer
    const abort = (): void => this.post({ kind: 'unask', ask })
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    return answer.finally(() => signal.removeEventListener('abort', abort))
  }

  /** The host has answered. */
  answered(message: AnswerMessage): void {
    const asked = this.#asked.get(message.ask)
    this.#asked.delete(message.ask)
    if (message.kind === 'answer') asked?.resolve(message.value)
    else asked?.reject(receivedError(message.error))
  }

  #watch(since: number): void {
    if (this.#busySince === undefined)
      onTickEnd(() => {
        this.#busySince = undefined
      })
    this.#busySince = since
  }

  /** Nothing will be answered any more. */
  close(): void {
    this.#closed = true
    for (const { reject } of this.#asked.values()) reject(new Closed('the worker ends'))
    this.#asked.clear()
  }
}
