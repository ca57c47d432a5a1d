import { describe, expect, it } from 'vitest'
import { childEnvironment, inheritedExecArgv } from '../src/exec-arguments.ts'

describe('children', () => {
  it('get the options of Node of their parent, but for those about debugging it', () => {
    const own = ['--conditions=x', '--inspect', '--inspect-brk=9230', '--inspect-port', '9231', '--enable-source-maps']

    expect(inheritedExecArgv(own)).toEqual(['--conditions=x', '--enable-source-maps'])
  })

  it('get its environment, without debugging by NODE_OPTIONS', () => {
    expect(childEnvironment({ A: '1', NODE_OPTIONS: '--inspect=0 --max-http-header-size=9000' })).toEqual({
      ...{ A: '1', NODE_OPTIONS: '--max-http-header-size=9000' },
    })
    expect(childEnvironment({ NODE_OPTIONS: '--inspect' })).toEqual({})
  })
})
