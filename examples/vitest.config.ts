import { suite } from '../tools/vitest.ts'

export default suite('examples', { silent: 'passed-only', testTimeout: 30_000 })
