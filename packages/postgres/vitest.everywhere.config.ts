import { suite } from '../../tools/vitest.ts'

/** The whole kit wherever it can run: minutes, so `npm test` runs a part of it. */
export default suite('postgres everywhere', {
  globalSetup: ['../../tools/servers/postgres-setup.ts'],
  include: ['test/everywhere/*.test.ts'],
  env: { KIT_EVERYWHERE: 'all' },
  testTimeout: 60_000,
  hookTimeout: 60_000,
})
