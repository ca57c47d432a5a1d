import { describe, expect, it } from 'vitest'
import { InvalidArgument } from '../../src/errors/usage-errors.ts'
import { type PoolOptions, poolSettings } from '../../src/pool/pool-options.ts'

const settings = (options: PoolOptions) => poolSettings(options, { slots: 10, leaseMs: 15_000 })

describe('pool options', () => {
  it('have a default each', () => {
    expect(settings({})).toEqual({
      ...{ captureOutput: true, owner: undefined, resume: false },
      ...{ selection: ['default'], queues: ['default'], name: 'default', slots: 10, leaseMs: 15_000 },
      ...{ drainTimeoutMs: 30_000, graceMs: 3_000, ahead: true, argumentBytes: 128 * 1024 * 1024 },
      onException: undefined,
    })
  })

  it('take queues in order, each once, or in turn', () => {
    expect(settings({ queues: ['a', 'b', 'a'] })).toMatchObject({ selection: ['a', 'b'], name: 'a' })
    expect(settings({ queues: { fair: ['a', 'b'] } })).toMatchObject({
      selection: { fair: ['a', 'b'] },
      queues: ['a', 'b'],
    })
  })

  it('take durations', () => {
    expect(settings({ lease: '5s', drainTimeout: Number.POSITIVE_INFINITY, grace: 0 })).toMatchObject({
      ...{ leaseMs: 5_000, drainTimeoutMs: Number.POSITIVE_INFINITY, graceMs: 0 },
    })
  })

  it.each<[string, object]>([
    ['queues', { queues: [] }],
    ['queues', { queues: [''] }],
    ['queues', { queues: [5] }],
    ['queues', { queues: 'default' }],
    ['queues.fair', { queues: { fair: 'a' } }],
    ['fare', { queues: { fare: [] } }],
    ['name', { name: '' }],
    ['lease', { lease: 999 }],
    ['lease', { lease: '-5s' }],
    ['drainTimeout', { drainTimeout: Number.NaN }],
    ['grace', { grace: 'soon' }],
    ['ahead', { ahead: 'yes' }],
    ['argumentBytes', { argumentBytes: 0 }],
    ['onException', { onException: 'log' }],
    ['workers', { workers: 4 }],
  ])('refuse a bad %s by its name', (field, options) => {
    expect(() => settings(options)).toThrow(InvalidArgument)
    expect(() => settings(options)).toThrow(expect.objectContaining({ field }))
  })
})
