import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { ioredisTarget } from '../../src/connection/ioredis-target.ts'
import type { RedisLink, Script } from '../../src/connection/redis-link.ts'
import type { RedisConnectionOptions } from '../../src/connection/redis-options.ts'
import { ServerLink, type ServerLinkOptions } from '../../src/connection/server-link.ts'

/** A script of a test. */
export function script(source: string, name = 'test'): Script {
  return { name, source }
}

/** Answers its arguments. */
export const echo = script('return ARGV', 'echo')

/** Adds to a counter of the namespace, so that a script that ran twice can be told from one that ran once. */
export const count = script("return redis.call('HINCRBY', KEYS[1], 'n', 1)", 'count')

/** Tells a channel. */
export const tell = script('return redis.call(PUBLISH, ARGV[1], ARGV[2])', 'tell')

/** A link, not open yet, under a root key of its own; closed when the test is over. */
export function makeLink(
  options: RedisConnectionOptions,
  more: Partial<Pick<ServerLinkOptions, 'rootKey' | 'checkMs'>> = {},
): RedisLink {
  const link = new ServerLink({ target: ioredisTarget(options), rootKey: `{${randomUUID()}}`, ...more })
  onTestFinished(() => link.close())
  return link
}

/** An open link. */
export async function openLink(...options: Parameters<typeof makeLink>): Promise<RedisLink> {
  const link = makeLink(...options)
  await link.open()
  return link
}
