import { suite } from '../tools/vitest.ts'

export default suite('examples', {
  globalSetup: ['../tools/servers/redis-setup.ts'],
  silent: 'passed-only',
  testTimeout: 30_000,
})
