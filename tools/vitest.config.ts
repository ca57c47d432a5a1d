import { suite } from './vitest.ts'

export default suite('tools')
