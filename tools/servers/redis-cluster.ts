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

/** How long a node of a Cluster may be silent until the others take it for gone, in ms. */
const NODE_TIMEOUT_MS = 5_000

/** Start a Cluster of masters; resolves when all of them know that it is whole. */
export async function startRedisCluster(size = 3, nodeTimeoutMs = NODE_TIMEOUT_MS): Promise<RedisCluster> {
  const nodes = await Promise.all(Array.from({ length: size }, () => startNode(nodeTimeoutMs)))
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

/** Give a master a replica; resolves when that has all data, and each master knows it and would vote for it. */
export async function addReplica(
  cluster: RedisCluster,
  master: RedisServer,
  nodeTimeoutMs = NODE_TIMEOUT_MS,
): Promise<RedisServer> {
  const replica = await startNode(nodeTimeoutMs)
  try {
    await command(replica.port, `CLUSTER MEET 127.0.0.1 ${master.port}`)
    const all = [...cluster.nodes, replica]
    await until(async () => {
      const infos = await Promise.all(all.map((node) => command(node.port, 'CLUSTER INFO')))
      return infos.every((info) => isWhole(info, all.length))
    }, 'the replica did not become part of the Redis Cluster')
    const id = /[0-9a-f]{40}/.exec(await command(master.port, 'CLUSTER MYID'))?.[0]
    await command(replica.port, `CLUSTER REPLICATE ${id}`)
    await until(async () => {
      const views = await Promise.all(cluster.nodes.map((node) => command(node.port, 'CLUSTER NODES')))
      const isKnown = views.every((view) => view.includes(`slave ${id}`))
      return isKnown && (await command(replica.port, 'INFO replication')).includes('master_link_status:up')
    }, 'the replica did not become one')
  } catch (error) {
    await replica.stop()
    throw error
  }
  return replica
}

function startNode(timeoutMs: number): Promise<RedisServer> {
  const timeout = ['--cluster-node-timeout', `${timeoutMs}`]
  // A replica need not wait for others.
  return startRedis({ args: ['--cluster-enabled', 'yes', ...timeout, '--repl-diskless-sync-delay', '0'] })
}

async function unite(nodes: readonly RedisServer[]): Promise<void> {
  for (const [index, node] of nodes.entries()) {
    const [from, to] = [index, index + 1].map((each) => Math.floor((each * SLOTS) / nodes.length))
    await command(node.port, `CLUSTER SET-CONFIG-EPOCH ${index + 1}`)
    const slots = Array.from({ length: (to ?? 0) - (from ?? 0) }, (_, offset) => (from ?? 0) + offset)
    await command(node.port, `CLUSTER ADDSLOTS ${slots.join(' ')}`)
  }
  for (const node of nodes.slice(1)) await command(nodes[0]?.port ?? 0, `CLUSTER MEET 127.0.0.1 ${node.port}`)
  await until(async () => {
    const infos = await Promise.all(nodes.map((node) => command(node.port, 'CLUSTER INFO')))
    return infos.every((info) => isWhole(info, nodes.length))
  }, 'the Redis Cluster did not become whole')
}

async function until(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
  for (const end = performance.now() + START_MS; performance.now() < end; ) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(otherwise)
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
