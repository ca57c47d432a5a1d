import { suite } from './vitest.ts'

// Some start servers, which takes its time on a busy machine.
export default suite('tools', { testTimeout: 60_000 })
