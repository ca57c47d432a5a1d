import { suite } from '../tools/vitest.ts'

// Installing packages takes as long as the registry takes.
export default suite('integration', { testTimeout: 120_000, hookTimeout: 180_000 })
