import { suite } from '../../tools/vitest.ts'

// Each thread loads all sources anew, which takes a second where others work too.
export default suite('thread-pool', { testTimeout: 60_000, hookTimeout: 60_000 })
