import { refused, rejected } from './connection-errors.ts'
import type { RedisClient } from './redis-client.ts'

/** What a server says of itself. */
export interface ServerFacts {
  /** Made anew at each start. */
  readonly runId: string
  /** As Redis counts: Valkey tells the version of Redis that it is compatible with. */
  readonly version: string
  readonly role: string
  readonly isCluster: boolean
  /** What it does when its memory is full. */
  readonly evictionPolicy: string
}

/** What is asked of a server. */
export interface ServerDemands {
  /** Take a server that drops data when its memory is full. */
  readonly allowEviction: boolean
  /** Take a server of any version. */
  readonly anyVersion: boolean
}

/** The oldest Redis that has all commands. */
const LEAST_VERSION = '6.2.0'

/** Ask a server about itself. */
export async function readServerFacts(client: RedisClient): Promise<ServerFacts> {
  const info = String(await client.callBuffer('INFO', []))
  const fields = new Map(info.split(/\r?\n/).map((line) => line.split(':', 2) as [string, string]))
  return {
    runId: fields.get('run_id') ?? '',
    version: fields.get('redis_version') ?? '',
    role: fields.get('role') ?? '',
    isCluster: fields.get('cluster_enabled') === '1',
    evictionPolicy: fields.get('maxmemory_policy') ?? '',
  }
}

/** Judge a server by its facts. @throws BackendRefused if it cannot be used; BackendUnavailable if it is a replica now. */
export function checkServer(server: string, facts: ServerFacts, demands: ServerDemands): void {
  if (!demands.anyVersion && isOlder(facts.version, LEAST_VERSION)) {
    const found = facts.version === '' ? 'tells no version' : `is ${facts.version}`
    throw refused(server, `is too old: Redis ${LEAST_VERSION} or later is needed, and it ${found}`)
  }
  if (!isSafe(facts, demands)) throw refused(server, EVICTS(facts.evictionPolicy))
  if (facts.role === 'slave') throw rejected(server, 'is a replica')
}

/** Whether a server keeps what it acknowledges when its memory is full. */
export function isSafe(facts: ServerFacts, demands: ServerDemands): boolean {
  return demands.allowEviction || facts.evictionPolicy === 'noeviction' || facts.evictionPolicy === ''
}

/** What to say of a server that drops jobs. */
export const EVICTS = (policy: string): string =>
  `drops data when its memory is full (maxmemory-policy ${policy}): set it to noeviction, or allow it by allowEviction`

/** Compare by number, part by part; what follows a dash says that it was not released yet. */
function isOlder(version: string, than: string): boolean {
  const [found, needed] = [version, than].map((each) => (each.split('-')[0] ?? '').split('.').map(Number))
  for (const [index, part] of (needed ?? []).entries()) {
    const difference = (found?.[index] ?? 0) - part
    // Also for what is no number.
    if (difference !== 0) return !(difference > 0)
  }
  return false
}
