import { describe, expect, it } from 'vitest'
import { DEFERRED } from '../../src/deferred-brand.ts'
import type { AllOptions, CallOptions } from '../../src/queue/call-options.ts'
import type { Deferred } from '../../src/queue/deferred.ts'
import { idOf, parseCallOptions, parseQueueDefaults } from '../../src/queue/parse-call-options.ts'
import { NO_OPTIONS } from '../../src/queue/parsed-options.ts'

const invalid = (field: string, text: string) =>
  expect.objectContaining({ code: 'INVALID_ARGUMENT', field, message: expect.stringContaining(text) })
const deferred = (id: string) => ({ id, [DEFERRED]: true }) as unknown as Deferred<unknown>

describe('parseCallOptions', () => {
  it('gives options the form in which jobs are stored', () => {
    const [a, b] = [deferred('a'), deferred('b')]
    const id = (n: number) => `job-${n}`

    expect(
      parseCallOptions({
        id,
        onDuplicate: 'return',
        reuseIdWhen: 'complete',
        priority: -2_147_483_648,
        delay: '1m',
        dependsOn: [a, 'c', b, a, 'c'],
        retries: 2,
        backoff: { type: 'exponential', delay: '1s', max: '1m', jitter: 0.1 },
        timeout: '5s',
        maxCrashes: Number.POSITIVE_INFINITY,
        resultTtl: 0,
        tags: ['b', 'a', 'b'],
        meta: { by: 'me' },
        onError: 'wait',
        ignoreResult: false,
      }),
    ).toEqual({
      id,
      onDuplicate: 'return',
      reuseEnded: true,
      priority: -2_147_483_648,
      delayMs: 60_000,
      dependsOn: [a, 'c', b],
      run: {
        retries: 2,
        backoff: { type: 'exponential', delayMs: 1000, maxMs: 60_000, jitter: 0.1 },
        timeoutMs: 5000,
      },
      maxCrashes: 2_147_483_647,
      resultTtlMs: 0,
      tags: ['b', 'a'],
      meta: '{"by":"me"}',
      onError: 'wait',
      ignoreResult: false,
    })
  })

  it('reads a time as Date or milliseconds', () => {
    expect(parseCallOptions({ runAt: new Date(1234) })).toEqual({ runAt: 1234 })
    expect(parseCallOptions({ runAt: 0 })).toEqual({ runAt: 0 })
  })

  it('takes one dependency without an array', () => {
    const a = deferred('a')

    expect(parseCallOptions({ dependsOn: a })).toEqual({ dependsOn: [a] })
    expect(parseCallOptions({ dependsOn: 'a' })).toEqual({ dependsOn: ['a'] })
    expect(parseCallOptions({ dependsOn: [] })).toEqual({ dependsOn: [] })
  })

  it('takes undefined for not given', () => {
    expect(parseCallOptions({ timeout: undefined, tags: undefined })).toBe(NO_OPTIONS)
    expect(parseCallOptions({})).toBe(NO_OPTIONS)
  })

  it('keeps its own copy, which nobody can change', () => {
    const tags = ['a']
    const meta = { roles: ['admin'] }
    const parsed = parseCallOptions({ tags, meta, retries: 1, dependsOn: ['a'] })

    tags.push('b')
    meta.roles.push('root')

    expect(parsed).toEqual({ tags: ['a'], meta: '{"roles":["admin"]}', run: { retries: 1 }, dependsOn: ['a'] })
    for (const part of [parsed, parsed.tags, parsed.run, parsed.dependsOn]) expect(Object.isFrozen(part)).toBe(true)
  })

  it.each(['priorty', 'throttles', 'heartrate', 'constructor', 'toString', 'reuseEnded'])(
    'refuses the unknown option %s by name [WQ-21]',
    (name) => {
      expect(() => parseCallOptions({ [name]: 1 })).toThrow(invalid(name, `unknown option '${name}' in call options`))
    },
  )

  it('refuses an option named __proto__', () => {
    const options = JSON.parse('{ "__proto__": { "priority": 1 } }') as AllOptions

    expect(() => parseCallOptions(options)).toThrow(invalid('__proto__', "unknown option '__proto__'"))
  })

  it.each([undefined, null, 1, 'id', [], () => {}])('refuses %s as options', (options) => {
    expect(() => parseCallOptions(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })

  it.each<[keyof AllOptions, unknown]>([
    ['id', 1],
    ['id', ''],
    ['id', 'x'.repeat(513)],
    ['id', '\udc00'],
    ['id', null],
    ['onDuplicate', 'overwrite'],
    ['reuseIdWhen', 'ended'],
    ['priority', 0.5],
    ['priority', Number.NaN],
    ['priority', 2_147_483_648],
    ['delay', -1],
    ['delay', Number.POSITIVE_INFINITY],
    ['runAt', 'tomorrow'],
    ['runAt', new Date(Number.NaN)],
    ['runAt', -1],
    ['runAt', Number.POSITIVE_INFINITY],
    ['runAt', 8.64e15],
    ['dependsOn', 1],
    ['dependsOn', ['a', {}]],
    ['dependsOn', ['a', '']],
    ['dependsOn', { id: 'a' }],
    ['dependsOn', null],
    ['retries', -1],
    ['backoff', () => 1],
    ['timeout', 0],
    ['timeout', 'PT5S'],
    ['timeout', Number.POSITIVE_INFINITY],
    ['maxCrashes', 0],
    ['resultTtl', -1],
    ['resultTtl', Number.NaN],
    ['tags', 'a'],
    ['tags', [undefined]],
    ['meta', []],
    ['meta', 'a'],
    ['onError', 'ignore'],
    ['onError', true],
    ['ignoreResult', 1],
  ])('refuses %s: %j [WQ-21]', (name, value) => {
    expect(() => parseCallOptions({ [name]: value })).toThrow(invalid(name, `invalid ${name}: `))
  })

  it('refuses an id that is neither text nor function [WQ-22]', () => {
    for (const id of [1, true, {}, Symbol('id')]) {
      expect(() => parseCallOptions({ id: id as never })).toThrow(invalid('id', 'is not a string'))
    }
  })

  it('refuses two times at once', () => {
    expect(() => parseCallOptions({ delay: 1, runAt: 1 })).toThrow(
      invalid('delay', 'invalid delay: it cannot be given together with runAt'),
    )
  })

  it('refuses to keep a result that is ignored [WQ-21]', () => {
    expect(() => parseCallOptions({ ignoreResult: true, resultTtl: '1h' })).toThrow(
      invalid('resultTtl', 'invalid resultTtl: it cannot be given together with ignoreResult'),
    )
    expect(parseCallOptions({ ignoreResult: false, resultTtl: 5 })).toEqual({ ignoreResult: false, resultTtlMs: 5 })
  })
})

describe('parseQueueDefaults', () => {
  it('takes all options but the two that change types', () => {
    expect(parseQueueDefaults({ priority: 3 })).toEqual({ priority: 3 })
    for (const name of ['onError', 'ignoreResult'] as const) {
      const defaults = { [name]: name === 'onError' ? 'pass' : true } as CallOptions

      expect(() => parseQueueDefaults(defaults)).toThrow(invalid(name, `give it as queue.with({ ${name}: … })`))
    }
  })
})

describe('idOf', () => {
  it('is the id given, or made of the arguments [WQ-22]', () => {
    expect(idOf(parseCallOptions({ id: 'one' }), [])).toBe('one')
    expect(idOf(parseCallOptions({ id: (a, b) => `${a}-${b}` }), [1, 2])).toBe('1-2')
    expect(idOf(NO_OPTIONS, [1])).toBeUndefined()
  })

  it.each([1, undefined, '', {}, Promise.resolve('a'), 'x'.repeat(513)])('refuses %s from a function', (id) => {
    const options = parseCallOptions({ id: (() => id) as never })

    expect(() => idOf(options, [])).toThrow(invalid('id', 'invalid id: '))
  })
})
