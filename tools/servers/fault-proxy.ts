import { connect, createServer, type Server, type Socket } from 'node:net'

/** What is lost of the bytes that go through a proxy. */
type Direction = 'requests' | 'replies'

/** A TCP proxy before a server, which does to connections what networks do. */
export interface FaultProxy {
  readonly port: number
  /** Connections through it that are open. */
  readonly connections: number
  /** Pieces of what was sent that are held back now. */
  readonly held: number
  /** Cut all connections, with a reset. */
  reset(): void
  /** Take connections and keep them open, but pass nothing on: the other side looks alive, and says nothing. */
  freeze(): void
  /** Pass on again: what was held back too, if `late`; else nothing ever comes through the connections of before. */
  thaw(options?: { readonly late?: boolean }): void
  /** Nothing ever comes through those connections any more over which somebody listens, though they stay open. */
  deadenSubscriptions(): void
  /** Take no connections, and cut those there are. */
  refuse(): Promise<void>
  /** Take connections again, on the same port. */
  accept(): Promise<void>
  /** Cut the connection at its next bytes in this direction, which are lost; the other side has got all before. */
  cutAtNext(direction: Direction): void
  /** New connections go to another port. */
  divert(target: number): void
  /** Idempotent. */
  close(): Promise<void>
}

/** What a proxy does all the time. */
export interface FaultProxyOptions {
  /** Pass on what comes in pieces, this many for each thing that was sent. Default 1. */
  readonly crumble?: number
}

/** Start a proxy on a free port of 127.0.0.1 before a server on another. */
export async function startFaultProxy(target: number, options: FaultProxyOptions = {}): Promise<FaultProxy> {
  const proxy = new TcpFaultProxy(target, options.crumble ?? 1)
  await proxy.accept()
  return proxy
}

class TcpFaultProxy implements FaultProxy {
  #target: number
  readonly #crumbs: number
  readonly #links = new Set<ProxiedLink>()
  #port = 0
  #server: Server | undefined
  #frozen = false
  #cutAt: Direction | undefined

  constructor(target: number, crumbs: number) {
    this.#target = target
    this.#crumbs = crumbs
  }

  get port(): number {
    return this.#port
  }

  get connections(): number {
    return this.#links.size
  }

  get held(): number {
    return [...this.#links].reduce((sum, link) => sum + link.held, 0)
  }

  reset(): void {
    for (const link of [...this.#links]) link.reset()
  }

  freeze(): void {
    this.#frozen = true
  }

  thaw({ late = true }: { readonly late?: boolean } = {}): void {
    this.#frozen = false
    for (const link of [...this.#links]) {
      if (late) link.flush()
      else link.deaden()
    }
  }

  deadenSubscriptions(): void {
    for (const link of [...this.#links]) if (link.listens) link.deaden()
  }

  async refuse(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.reset()
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  accept(): Promise<void> {
    if (this.#server !== undefined) return Promise.resolve()
    const server = createServer((client) => this.#link(client))
    this.#server = server
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, '127.0.0.1', () => {
        const address = server.address()
        if (typeof address === 'object' && address !== null) this.#port = address.port
        resolve()
      })
    })
  }

  cutAtNext(direction: Direction): void {
    this.#cutAt = direction
  }

  divert(target: number): void {
    this.#target = target
  }

  close(): Promise<void> {
    this.#frozen = false
    return this.refuse()
  }

  #link(client: Socket): void {
    const link = new ProxiedLink(client, connect(this.#target, '127.0.0.1'), {
      takes: (direction) => this.#takes(direction),
      ended: () => this.#links.delete(link),
      crumbs: this.#crumbs,
    })
    this.#links.add(link)
  }

  #takes(direction: Direction): 'pass' | 'hold' | 'cut' {
    if (this.#frozen) return 'hold'
    if (this.#cutAt !== direction) return 'pass'
    this.#cutAt = undefined
    return 'cut'
  }
}

interface LinkOwner {
  takes(direction: Direction): 'pass' | 'hold' | 'cut'
  ended(): void
  readonly crumbs: number
}

/** A connection of a client with the one to the server that stands for it. */
class ProxiedLink {
  readonly #client: Socket
  readonly #server: Socket
  readonly #owner: LinkOwner
  readonly #held: { readonly to: Socket; readonly bytes: Buffer }[] = []
  #isDead = false
  #listens = false

  constructor(client: Socket, server: Socket, owner: LinkOwner) {
    this.#client = client
    this.#server = server
    this.#owner = owner
    this.#pipe(client, server, 'requests')
    this.#pipe(server, client, 'replies')
  }

  get held(): number {
    return this.#held.length
  }

  /** Whether the client has subscribed to something. */
  get listens(): boolean {
    return this.#listens
  }

  reset(): void {
    this.#client.resetAndDestroy()
    this.#server.resetAndDestroy()
    this.#owner.ended()
  }

  /** Pass on what was held back. */
  flush(): void {
    for (const { to, bytes } of this.#held.splice(0)) to.write(bytes)
  }

  /** Nothing more ever comes through, though both ends stay open. */
  deaden(): void {
    this.#isDead = true
    this.#held.length = 0
  }

  #pass(to: Socket, bytes: Buffer): void {
    const size = Math.ceil(bytes.length / this.#owner.crumbs)
    for (let at = 0; at < bytes.length; at += size) to.write(bytes.subarray(at, at + size))
  }

  #pipe(from: Socket, to: Socket, direction: Direction): void {
    from.setNoDelay(true)
    from.on('data', (bytes) => {
      if (direction === 'requests' && /\nS?SUBSCRIBE\r/i.test(bytes.toString('latin1'))) this.#listens = true
      const fate = this.#isDead ? 'hold' : this.#owner.takes(direction)
      if (fate === 'cut') this.reset()
      else if (fate === 'pass') this.#pass(to, bytes)
      else if (!this.#isDead) this.#held.push({ to, bytes })
    })
    from.on('error', () => this.reset())
    from.on('close', () => {
      to.destroy()
      this.#owner.ended()
    })
  }
}
