import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the server that the run shares; each test makes a database or schema of its own on it. */
    readonly postgresUrl: string
  }
}

/** `globalSetup` of suites that need Postgres: one server for the run, told by `inject('postgresUrl')`. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  project.provide('postgresUrl', server.url())
  return () => server.remove()
}
