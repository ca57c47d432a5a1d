import { suite } from '../../tools/vitest.ts'

export default suite('process-pool')
