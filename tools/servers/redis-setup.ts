import type { TestProject } from 'vitest/node'
import { redisUrl } from './redis.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the Redis that the run shares; each test takes a namespace of its own on it. */
    readonly redisUrl: string
  }
}

/** `globalSetup` of suites that need Redis: one server for the run, told by `inject('redisUrl')`. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await redisUrl()
  project.provide('redisUrl', server.url)
  return () => server.stop()
}
