import type { HeldJob, TaskQueue } from '@taskspace/core/backend'
import { sweepAll } from '../advance.ts'
import { KitSession } from '../session/kit-session.ts'
import { perform } from './perform.ts'
import type { Step } from './step.ts'

/** Lease of the sessions of a world, in ms: half a quantum apart from every sweep. */
const WORLD_LEASE_MS = 26_000

/** Time passes in quanta of 4 s, less than a quarter of a lease, each with a sweep at its end. */
const QUANTUM_MS = 4_000

/** What `sweepAll` moves the clock by. */
const SWEEP_MS = 101

/** An outage is a multiple of the quantum, and far longer than half a lease. */
const OUTAGE_MS = 100_000

/** A session that was silent for longer is renewed before time passes, or it would be forgotten at some edge. */
const MOST_SILENT_MS = 300_000

/** One of the clients of a world: the session it has now, and every claim that it was ever handed, newest first. */
export interface Client {
  session: KitSession
  handed: HeldJob[]
  silentMs: number
  /** Makes the last numbered call again, unless it was a claim that took nothing. */
  repeat: (() => Promise<unknown>) | undefined
}

/**
 * Three clients and a queue. Steps are resolved by what the clients know, so that two worlds whose queues answer alike
 * do the same.
 */
export class World {
  readonly queue: TaskQueue
  readonly clients: Client[] = []
  /** Every id that was stored, the newest last. */
  readonly ids = new Set<string>()
  /** Every id of which something was appended, or was to be. */
  readonly written = new Set<string>()
  #begun = 0
  #fresh = 0
  #values = 0

  static async open(queue: TaskQueue): Promise<World> {
    const world = new World(queue)
    await queue.sweep()
    for (let slot = 0; slot < 3; slot += 1) world.clients.push(await world.#client())
    return world
  }

  private constructor(queue: TaskQueue) {
    this.queue = queue
  }

  /** Do a step. Errors with a code are answers, too. */
  async take(step: Step): Promise<unknown> {
    if (step.op === 'pass') return this.pass(step.quanta)
    if (step.op === 'outage') return this.#outage()
    const client = this.client(step.session)
    client.silentMs = 0
    try {
      return await perform(this, client, step)
    } catch (error) {
      return await this.#answerOf(error, client)
    }
  }

  client(slot: number): Client {
    const client = this.clients[slot]
    if (!client) throw new RangeError(`there is no client ${slot}`)
    return client
  }

  /** An id that no job had before. */
  freshId(): string {
    this.#fresh += 1
    return `j${this.#fresh}`
  }

  /** The id of one of the jobs stored last, the newest being 0; one that nobody has if there are not so many. */
  idOf(name: number): string {
    return [...this.ids].at(-1 - name) ?? 'nobody'
  }

  /** A value that no job had before. */
  newValue(): string {
    this.#values += 1
    return `"value ${this.#values}"`
  }

  /** Let the backend be well for some time. */
  async pass(quanta: number): Promise<string> {
    for (let count = 0; count < quanta; count += 1) {
      await this.#age(QUANTUM_MS)
      await this.queue.shiftClock(QUANTUM_MS - SWEEP_MS)
      await sweepAll(this.queue)
    }
    return 'passed'
  }

  /** Begin anew with a session that holds nothing. */
  async restart(client: Client): Promise<void> {
    client.session = (await this.#client()).session
    client.repeat = undefined
  }

  async #outage(): Promise<string> {
    await this.#age(OUTAGE_MS)
    await this.queue.shiftClock(OUTAGE_MS)
    return 'away'
  }

  async #age(ms: number): Promise<void> {
    for (const client of this.clients) {
      client.silentMs += ms
      if (client.silentMs > MOST_SILENT_MS) await this.take({ op: 'renew', session: this.clients.indexOf(client) })
    }
  }

  async #answerOf(error: unknown, client: Client): Promise<unknown> {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (typeof code !== 'string') throw error
    if (code === 'SESSION_ENDED' || code === 'SESSION_UNKNOWN') await this.restart(client)
    return { code }
  }

  async #client(): Promise<Client> {
    this.#begun += 1
    const spec = { id: `session ${this.#begun}`, leaseMs: WORLD_LEASE_MS, tasks: { work: undefined }, queues: ['q0'] }
    const session = await new KitSession(this.queue, spec).begin()
    return { session, handed: [], silentMs: 0, repeat: undefined }
  }
}
