import { suite } from '../../tools/vitest.ts'

export default suite('redis', { globalSetup: ['../../tools/servers/redis-setup.ts'] })
