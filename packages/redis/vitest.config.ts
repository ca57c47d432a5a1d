import { suite } from '../../tools/vitest.ts'

export default suite('redis', {
  globalSetup: ['../../tools/servers/redis-setup.ts'],
  // Servers are started and stopped in these tests, on machines that do other work too.
  testTimeout: 60_000,
  hookTimeout: 60_000,
})
