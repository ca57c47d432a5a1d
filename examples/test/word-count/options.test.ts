import { describe, expect, it } from 'vitest'
import { POOL_NAMES, parseOptions, UsageError } from '../../word-count/options.ts'

const parse = (...args: string[]) => parseOptions(args, '/home/me', '/repository')

describe('the options of the word count', () => {
  it('count the repository and show 20 words if nothing is asked for', () => {
    expect(parse()).toEqual({ paths: ['/repository'], top: 20, help: false, pool: 'process', workers: undefined })
  })

  it('take paths as seen from the folder one is in', () => {
    expect(parse('a', '../b', '/c', '--top', '5').paths).toEqual(['/home/me/a', '/home/b', '/c'])
  })

  it.each(POOL_NAMES)('take %s for where the jobs run, and how many at once', (pool) => {
    expect(parse('--pool', pool, '--workers', '3')).toMatchObject({ pool, workers: 3 })
  })

  it.each([
    [['--top', '0'], "--top takes a whole number from 1 to 1000, not '0'"],
    [['--top', '1001'], "--top takes a whole number from 1 to 1000, not '1001'"],
    [['--top', 'many'], "--top takes a whole number from 1 to 1000, not 'many'"],
    [['--top', '1.5'], "--top takes a whole number from 1 to 1000, not '1.5'"],
    [['--top'], "Option '--top <value>' argument missing"],
    [['--pool', 'fibers'], "--pool takes async, thread, process, not 'fibers'"],
    [['--workers', '0'], "--workers takes a whole number from 1 to 256, not '0'"],
    [['--workers', '-1'], "Option '--workers' argument is ambiguous"],
    [['--workers', 'NaN'], "--workers takes a whole number from 1 to 256, not 'NaN'"],
    [['--tpo', '3'], "Unknown option '--tpo'"],
    [['--help=yes'], "Option '-h, --help' does not take an argument"],
  ])('refuse %j in one line', (args, message) => {
    expect(() => parse(...args)).toThrow(new UsageError(message))
  })
})
