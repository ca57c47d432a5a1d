import { describe, expect, it } from 'vitest'
import { stackText } from '../../../src/pool/isolated/stack-text.ts'

const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 4, columnNumber: 0 })

describe('the stack of a worker', () => {
  it('is shown as errors show theirs, without what is inside of Node', () => {
    const frames = [frame('spin', 'file:///a.ts'), frame('', 'file:///b.ts'), frame('next', 'node:internal/timers')]

    expect(stackText(frames)).toBe('    at spin (file:///a.ts:5:1)\n    at <anonymous> (file:///b.ts:5:1)')
  })

  it('is bounded', () => {
    expect(stackText(Array.from({ length: 10_000 }, () => frame('deep', 'file:///a.ts'))).split('\n')).toHaveLength(50)
  })
})
