import { suite } from '../tools/vitest.ts'

/** The pool kit for each kind of pool on each backend, which takes too long for every run of all tests. */
export default suite('kits', {
  include: ['kits/*.test.ts'],
  globalSetup: ['../tools/servers/postgres-setup.ts', '../tools/servers/redis-setup.ts'],
  hookTimeout: 180_000,
  maxWorkers: 1,
  reporters: ['default'],
})
