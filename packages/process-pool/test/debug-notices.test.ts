import { describe, expect, it } from 'vitest'
import { DebugNotices } from '../src/debug-notices.ts'

const LISTENING = 'Debugger listening on ws://127.0.0.1:41879/9c39fa4d-556a-45bb-b55a-aae4951c38ac'
const HELP = 'For help, see: https://nodejs.org/learn/getting-started/debugging'

describe('what a process says on stderr', () => {
  it('is told from what Node says there about debuggers', () => {
    const notices = new DebugNotices()

    const found = ['one', LISTENING, HELP, HELP, LISTENING, 'two'].map((line) => notices.read(line))

    expect(found).toEqual(['line', 'signal', 'notice', 'line', 'signal', 'line'])
  })
})
