import { suite } from '../../tools/vitest.ts'

export default suite('postgres', {
  globalSetup: ['../../tools/servers/postgres-setup.ts'],
  // Servers are started and stopped in these tests, on machines that do other work too.
  testTimeout: 60_000,
  hookTimeout: 60_000,
})
