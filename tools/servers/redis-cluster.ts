import { connect } from 'node:net'
import { type RedisServer, startRedis } from './redis.ts'

/** Masters of a Cluster on 127.0.0.1, each with a third of the slots or so, without replicas. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  /** URL of the first node that names the others. */
  readonly url: string
  /** Idempotent. */
  stop(): Promise<void>
}

const SLOTS = 16_384
const START_MS = 30_000

/** Start a Cluster of masters; resolves when all of them know that it is whole. */
export async function startRedisCluster(size = 3): Promise<RedisCluster> {
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '5000']
  const nodes = await Promise.all(Array.from({ length: size }, () => startRedis({ args })))
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()))
  }
  try {
    await unite(nodes)
  } catch (error) {
    await stop()
    throw error
  }
  const [first, ...others] = nodes.map((node) => `127.0.0.1:${node.port}`)
  return { nodes, url: `redis://${first}?${others.map((node) => `node=${node}`).join('&')}`, stop }
}

async function unite(nodes: readonly RedisServer[]): Promise<void> {
  for (const [index, node] of nodes.entries()) {
    const [from, to] = [index, index + 1].map((each) => Math.floor((each * SLOTS) / nodes.length))
    await command(node.port, `CLUSTER SET-CONFIG-EPOCH ${index + 1}`)
    const slots = Array.from({ length: (to ?? 0) - (from ?? 0) }, (_, offset) => (from ?? 0) + offset)
    await command(node.port, `CLUSTER ADDSLOTS ${slots.join(' ')}`)
  }
  for (const node of nodes.slice(1)) await command(nodes[0]?.port ?? 0, `CLUSTER MEET 127.0.0.1 ${node.port}`)
  for (const until = performance.now() + START_MS; performance.now() < until; ) {
    const infos = await Promise.all(nodes.map((node) => command(node.port, 'CLUSTER INFO')))
    if (infos.every((info) => isWhole(info, nodes.length))) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('the Redis Cluster did not become whole')
}

function isWhole(info: string, size: number): boolean {
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${size}`)
}

/** Send one command; the whole of its answer, which is short, as text. @throws Error with the server's words. */
function command(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${text}\r\nQUIT\r\n`))
    const chunks: Buffer[] = []
    socket.once('error', reject)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.once('close', () => {
      const answer = Buffer.concat(chunks).toString()
      if (answer.startsWith('-')) reject(new Error(answer))
      else resolve(answer)
    })
  })
}
