import { onTestFinished } from 'vitest'
import { Broker } from '../../src/broker.ts'
import type { BrokerOptions } from '../../src/broker-options.ts'
import type { AnyQueue } from '../../src/queue/queue.ts'
import { FakeQueue } from './fake-queue.ts'
import { ManualClock } from './manual-clock.ts'

/** A logger that keeps what it is told. */
export class KeptLog {
  readonly lines: string[] = []
  readonly debug = (): void => undefined
  readonly info = (): void => undefined
  readonly warn = (message: string): void => void this.lines.push(message)
  readonly error = (message: string): void => void this.lines.push(message)
}

export interface OnFake {
  readonly store: FakeQueue
  readonly clock: ManualClock
  readonly log: KeptLog
  readonly broker: Broker
  readonly q: AnyQueue
}

/** A broker on a fake store, with a clock that goes only when told to; closed after the test. */
export function brokerOnFake(options: BrokerOptions = {}, store = new FakeQueue()): OnFake {
  const clock = new ManualClock()
  const log = new KeptLog()
  const broker = new Broker(store, { clock, logger: log, ...options })
  onTestFinished(() => broker.close())
  return { store, clock, log, broker, q: broker.queue() }
}

/** Something that waits until the test lets it go on. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** Let everything settle that needs no time to pass. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
}

/** Error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`resolved with ${String(value)}`)
    },
    (error) => error,
  )
}
