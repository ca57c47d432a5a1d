import { Closed } from '@taskspace/core/backend'
import { AdaptedScripts } from './adapted-scripts.ts'
import { Connection } from './connection.ts'
import { isReply, refused, rejected, replyCode } from './connection-errors.ts'
import type { RedisClient } from './redis-client.ts'
import type { Channel, Hearer, LinkSubscription, RedisLink, Script, ScriptArgument } from './redis-link.ts'
import type { RedisTarget } from './redis-target.ts'
import { checkServer, EVICTS, isSafe, readServerFacts, type ServerFacts } from './server-facts.ts'
import { ServerRoute } from './server-route.ts'
import { Subscriber } from './subscriber.ts'

/** Where to go, and what for. */
export interface ServerLinkOptions {
  readonly target: RedisTarget
  /** `KEYS[1]` of every script. */
  readonly rootKey: string
  /** How often a server is asked, in ms, whether it still keeps what it acknowledges; default 5 min. */
  readonly checkMs?: number
}

/** Most time that a call which carries no payload waits for its answer: a lease is short. */
const CONTROL_MS = 2_000

/** A server that answers does so sooner than this, in ms. */
const PROBE_MS = 500

/** For each byte sent, a little more time: 1 MB a second is slow. */
const MS_PER_BYTE = 0.001

const CHECK_MS = 5 * 60_000

/** How often a call follows the slot to another server. */
const MAX_HOPS = 5

/** The name of the script that a server which drops data is not given. */
const STORES = 'enqueue'

/** The name of the script that is run where nothing goes on, too: again and again, in case something was missed. */
const LOOKS = 'claim'

/** A link to one server, or to the one server of a Cluster that has the namespace's slot. */
export class ServerLink implements RedisLink {
  readonly #options: ServerLinkOptions
  readonly #route: ServerRoute
  readonly #data: Connection
  readonly #control: Connection
  readonly #subscriber: Subscriber
  readonly #scripts = new AdaptedScripts()
  #facts: ServerFacts | undefined
  #checking: NodeJS.Timeout | undefined
  #probing: Promise<boolean> | undefined
  #isClosed = false

  constructor(options: ServerLinkOptions) {
    this.#options = options
    this.#route = new ServerRoute(options.target)
    const { target } = options
    const make = (name: string) => () => this.#route.makeClient(`taskspace:${name}`)
    const common = {
      server: target.server,
      connectMs: target.connectMs,
      attempts: target.seeds,
      isServerAlive: () => this.#isServerAlive(),
      onLost: () => this.#subscriber.probe(),
    }
    this.#data = new Connection({ ...common, makeClient: make('data'), greet: (client) => this.#inspect(client) })
    this.#control = new Connection({
      ...common,
      makeClient: make('control'),
      greet: (client) => client.callBuffer('ping', []),
    })
    this.#subscriber = new Subscriber({
      ...common,
      makeClient: make('subscriber'),
      isSharded: () => this.#isSharded,
      answerMs: Math.min(CONTROL_MS, target.commandMs),
      onMoved: (message) => this.#move(message),
    })
  }

  async open(): Promise<void> {
    if (this.#isClosed) throw closed()
    await this.#following(() => this.#data.open())
    this.#checking ??= setInterval(() => this.#checkAgain(), this.#options.checkMs ?? CHECK_MS)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#checking)
    this.#subscriber.close()
    this.#data.close()
    this.#control.close()
  }

  async run(channel: Channel, script: Script, argv: readonly ScriptArgument[]): Promise<unknown> {
    if (this.#isClosed) throw closed()
    const { target } = this.#options
    if (script.name === STORES && this.#facts !== undefined && !isSafe(this.#facts, target.demands)) {
      throw refused(target.server, EVICTS(this.#facts.evictionPolicy))
    }
    if (channel === 'data' && script.name !== LOOKS) this.#subscriber.stir()
    // Which kind of server it is decides about the script.
    if (this.#facts === undefined) await this.open()
    const connection = channel === 'data' ? this.#data : this.#control
    const deadlineMs = channel === 'data' ? target.commandMs + sizeOf(argv) * MS_PER_BYTE : this.#controlMs
    return this.#following(() => this.#evaluate(connection, script, argv, deadlineMs))
  }

  async subscribe(channel: string, hearer: Hearer): Promise<LinkSubscription> {
    if (this.#isClosed) throw closed()
    if (this.#facts === undefined) await this.open()
    return this.#following(() => this.#subscriber.subscribe(channel, hearer))
  }

  async ping(): Promise<void> {
    if (this.#isClosed) throw closed()
    await this.#control.perform((client) => client.callBuffer('ping', []), this.#controlMs)
  }

  get #controlMs(): number {
    return Math.min(CONTROL_MS, this.#options.target.commandMs)
  }

  get #isSharded(): boolean {
    return this.#facts?.isCluster === true && Number.parseInt(this.#facts.version, 10) >= 7
  }

  async #evaluate(
    connection: Connection,
    script: Script,
    argv: readonly ScriptArgument[],
    deadlineMs: number,
  ): Promise<unknown> {
    const { source, sha } = this.#scripts.adapt(script, this.#isSharded)
    const args = ['1', this.#options.rootKey, ...argv]
    try {
      return await connection.perform((client) => client.callBuffer('evalsha', [sha, ...args]), deadlineMs)
    } catch (error) {
      if (!isReply(error) || replyCode(error) !== 'NOSCRIPT') throw error
      return connection.perform((client) => client.callBuffer('eval', [source, ...args]), deadlineMs)
    }
  }

  /** Do something where the namespace's slot is; `MOVED` says that nothing was done. */
  async #following<T>(perform: () => Promise<T>): Promise<T> {
    for (let hops = 0; ; hops += 1) {
      try {
        return await perform()
      } catch (error) {
        if (!isReply(error) || replyCode(error) !== 'MOVED') throw error
        if (hops === MAX_HOPS)
          throw rejected(this.#options.target.server, 'names a server for this slot that does not have it', error)
        this.#move(error.message)
      }
    }
  }

  #move(message: string): void {
    if (!this.#route.follow(message)) return
    this.#data.retire()
    this.#control.retire()
    if (this.#isSharded) this.#subscriber.relocate()
  }

  /** First thing on a new data connection: whom do we speak to, and may we stay? */
  async #inspect(client: RedisClient): Promise<void> {
    const { target, rootKey } = this.#options
    const facts = await readServerFacts(client)
    const before = this.#facts
    // Once at work, a server that drops data is given no new jobs, but what is there is still worked off.
    const demands = before === undefined ? target.demands : { ...target.demands, allowEviction: true }
    checkServer(target.server, facts, demands)
    // Whether scripts may be run, and, on a Cluster, whether here.
    await client.callBuffer('eval', ['return 1', '1', rootKey])
    this.#facts = facts
    if (before !== undefined && before.runId !== facts.runId) this.#subscriber.tellAll()
  }

  /** Whether the server answers a new connection at once. */
  #isServerAlive(): Promise<boolean> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined
    })
    return this.#probing
  }

  async #probe(): Promise<boolean> {
    const { target } = this.#options
    const probe = new Connection({
      server: target.server,
      connectMs: Math.min(PROBE_MS, target.connectMs),
      isServerAlive: async () => false,
      makeClient: () => this.#route.makeProbe(),
      greet: (client) => client.callBuffer('ping', []),
    })
    const isAlive = await probe.open().then(
      () => true,
      () => false,
    )
    probe.close()
    return isAlive
  }

  #checkAgain(): void {
    const look = async (client: RedisClient): Promise<void> => {
      this.#facts = await readServerFacts(client)
    }
    // Away: the next connection is looked at anyway.
    if (this.#data.isOpen) this.#data.perform(look, this.#options.target.commandMs).catch(() => undefined)
  }
}

function sizeOf(argv: readonly ScriptArgument[]): number {
  let size = 0
  for (const each of argv) size += typeof each === 'number' ? 8 : each.length
  return size
}

function closed(): Closed {
  return new Closed('this Redis queue is closed')
}
