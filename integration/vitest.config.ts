import { suite } from '../tools/vitest.ts'

// Installing packages takes as long as the registry takes.
export default suite('integration', {
  globalSetup: ['../tools/servers/postgres-setup.ts', '../tools/servers/redis-setup.ts'],
  testTimeout: 120_000,
  hookTimeout: 180_000,
})
