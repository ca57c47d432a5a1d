import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import type { RedisCluster } from '../../../tools/servers/redis-cluster.ts'

interface Node {
  readonly id: string
  readonly client: Redis
}

/** The slot of a key, on its way from its master to another one, as an administrator's tool moves it. */
export class MovingSlot {
  readonly #slot: number
  readonly #root: string
  readonly #from: Node
  readonly #to: Node

  private constructor(root: string, slot: number, from: Node, to: Node) {
    this.#root = root
    this.#slot = slot
    this.#from = from
    this.#to = to
  }

  /** The slot of a root key, where it is now. */
  static async of(cluster: RedisCluster, root: string): Promise<MovingSlot> {
    const clients = cluster.nodes.map(({ port }) => admin(port))
    const nodes = await Promise.all(
      clients.map(async (client) => ({ id: String(await client.cluster('MYID')), client })),
    )
    const [first] = clients as [Redis, ...Redis[]]
    const slot = await first.cluster('KEYSLOT', root)
    const slots = await first.cluster('SLOTS')
    const owner = slots.find(([from, to]) => Number(from) <= slot && slot <= Number(to))
    const id = String((owner as unknown as [number, number, [string, number, string]])[2][2])
    const [from, to] = [nodes.find((node) => node.id === id), nodes.find((node) => node.id !== id)]
    if (from === undefined || to === undefined) throw new Error('the Cluster has no two masters')
    return new MovingSlot(root, slot, from, to)
  }

  /** Of the new master. */
  get target(): Redis {
    return this.#to.client
  }

  /** All at once, where there are no keys. */
  async move(): Promise<void> {
    await this.begin()
    await this.end()
  }

  /** From now on keys move, and new ones are made at the new master alone. */
  async begin(): Promise<void> {
    await this.#to.client.cluster('SETSLOT', this.#slot, 'IMPORTING', this.#from.id)
    await this.#from.client.cluster('SETSLOT', this.#slot, 'MIGRATING', this.#to.id)
  }

  /** The keys that are still where they were. */
  async keys(order: 'root first' | 'root last'): Promise<string[]> {
    const found = await this.#from.client.cluster('GETKEYSINSLOT', this.#slot, 1000)
    const others = found.filter((key) => key !== this.#root)
    return order === 'root first' ? [this.#root, ...others] : [...others, this.#root]
  }

  /** One key moves. */
  async moveKey(key: string): Promise<void> {
    const { host = '127.0.0.1', port = 0 } = this.#to.client.options
    await this.#from.client.migrate(host, port, key, 0, 5_000)
  }

  /** As Redis has it done: a node that imports a slot outranks, once it has it, what others may still say of it. */
  async end(): Promise<void> {
    await this.#to.client.cluster('SETSLOT', this.#slot, 'NODE', this.#to.id)
    await this.#from.client.cluster('SETSLOT', this.#slot, 'NODE', this.#to.id)
  }
}

function admin(port: number): Redis {
  const client = new Redis(port, '127.0.0.1')
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  return client
}
