import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { task, templateOf } from '../../src/tasks/task.ts'
import { runPolicy, type TaskFunction } from '../../src/tasks/task-definition.ts'
import type { TaskOptions } from '../../src/tasks/task-options.ts'

const nothing = () => {}
const made = (options: TaskOptions) => templateOf(task(options, nothing) as TaskFunction)!
const invalid = (field: string, text: string) =>
  expect.objectContaining({ code: 'INVALID_ARGUMENT', field, message: expect.stringContaining(text) })

describe('task', () => {
  it('has the defaults that are documented [RW-09]', () => {
    expect(made({})).toMatchObject({
      timeoutMs: undefined,
      retries: 0,
      backoff: { type: 'fixed', delayMs: 0 },
      maxCrashes: 3,
      resultTtlMs: 3_600_000,
      input: undefined,
      output: undefined,
      enqueue: {},
    })
  })

  it('normalises its options', () => {
    const template = made({
      timeout: '30s',
      retries: 3,
      backoff: { type: 'exponential', delay: '1s', max: '1m', jitter: 0.5 },
      maxCrashes: 1,
      resultTtl: Number.POSITIVE_INFINITY,
      priority: -5,
      tags: ['b', 'a', 'b'],
      delay: '1m',
    })

    expect(template).toMatchObject({
      timeoutMs: 30_000,
      retries: 3,
      backoff: { type: 'exponential', delayMs: 1000, maxMs: 60_000, jitter: 0.5 },
      maxCrashes: 1,
      resultTtlMs: Number.POSITIVE_INFINITY,
      enqueue: { priority: -5, tags: ['b', 'a'], delayMs: 60_000 },
    })
  })

  it('takes Infinity retries for always', () => {
    expect(made({ retries: Number.POSITIVE_INFINITY }).retries).toBe(2_147_483_647)
  })

  it('keeps a function as back-off', () => {
    const backoff = (attempt: number) => attempt * 1000

    expect(made({ backoff }).backoff).toBe(backoff)
  })

  it('can be called like the function it was made of', () => {
    const double = task({ retries: 1 }, (n: number) => n * 2)

    expect(double(21)).toBe(42)
  })

  it('leaves the function itself as it was, so that it may be another task too', () => {
    function shared() {}
    const twice = task({ retries: 2 }, shared)
    const often = task({ retries: 9 }, shared)

    expect(templateOf(shared)).toBeUndefined()
    expect(templateOf(twice)?.retries).toBe(2)
    expect(templateOf(often)?.retries).toBe(9)
    expect(twice.name).toBe('shared')
  })

  it('calls the function without `this`', () => {
    const self = task({}, function (this: unknown) {
      return this
    })
    const holder = { self }

    expect(holder.self()).toBeUndefined()
  })

  it('is found by any copy of the package', () => {
    expect(Object.getOwnPropertySymbols(task({}, nothing))).toContain(Symbol.for('taskspace/task'))
  })

  it('takes any Standard Schema, also one that is a function', () => {
    const input = Object.assign(() => {}, { '~standard': z.string()['~standard'] })

    expect(templateOf(task({ input }, nothing) as unknown as TaskFunction)?.input).toBe(input)
  })

  it.each<[keyof TaskOptions, unknown]>([
    ['timeout', -1],
    ['timeout', 0],
    ['timeout', Number.NaN],
    ['timeout', Number.POSITIVE_INFINITY],
    ['timeout', '30'],
    ['timeout', 'PT30S'],
    ['retries', -1],
    ['retries', 1.5],
    ['retries', '3'],
    ['retries', 2 ** 31],
    ['maxCrashes', 0],
    ['maxCrashes', Number.NaN],
    ['resultTtl', -1],
    ['resultTtl', '1week'],
    ['backoff', -1],
    ['backoff', 'fast'],
    ['backoff', null],
    ['backoff', []],
    ['priority', 1.5],
    ['priority', 2 ** 31],
    ['priority', '1'],
    ['tags', 'a'],
    ['tags', ['']],
    ['tags', [1]],
    ['tags', Array.from({ length: 101 }, String)],
    ['delay', -1],
    ['delay', Number.POSITIVE_INFINITY],
  ])('refuses %s %j where it is defined [RW-10]', (field, value) => {
    expect(() => made({ [field]: value })).toThrow(invalid(field, `invalid ${field}: `))
  })

  it.each([
    ['backoff.type', { type: 'linear', delay: 1 }],
    ['backoff.delay', { type: 'fixed' }],
    ['backoff.delay', { type: 'fixed', delay: '-1s' }],
    ['backoff.max', { type: 'fixed', delay: 1, max: 2 }],
    ['backoff.max', { type: 'exponential', delay: 1, max: 'much' }],
    ['backoff.jitter', { type: 'fixed', delay: 1, jitter: 1.1 }],
    ['backoff.jitter', { type: 'fixed', delay: 1, jitter: Number.NaN }],
  ])('refuses a wrong %s', (field, backoff) => {
    expect(() => made({ backoff: backoff as never })).toThrow(invalid(field, `invalid ${field}: `))
  })

  it('refuses options that do not exist, by name', () => {
    expect(() => made({ retires: 3 } as TaskOptions)).toThrow(invalid('retires', "unknown option 'retires'"))
    expect(() => made({ throttles: [] } as TaskOptions)).toThrow(invalid('throttles', "unknown option 'throttles'"))
    expect(() => made({ constructor: 3 } as TaskOptions)).toThrow(invalid('constructor', 'unknown option'))
    expect(() => made({ backoff: { type: 'fixed', dealy: 1 } as never })).toThrow(
      invalid('dealy', "unknown option 'dealy'"),
    )
  })

  it.each([undefined, null, '30s', [], () => {}])('refuses %s as options', (options) => {
    expect(() => made(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })

  it('refuses what is not a Standard Schema', () => {
    for (const schema of [{}, null, 1, { '~standard': 1 }, { '~standard': {} }]) {
      expect(() => made({ input: schema } as TaskOptions)).toThrow(invalid('input', 'is not a Standard Schema'))
      expect(() => made({ output: schema } as TaskOptions)).toThrow(invalid('output', 'is not a Standard Schema'))
    }
  })

  it('tells the legal forms to who gives no function [RW-09]', () => {
    for (const fn of [undefined, {}, 'render']) {
      expect(() => task({ retries: 1 }, fn as never)).toThrow(
        invalid('fn', 'give a plain function to TaskSpace, or use task(options, fn)'),
      )
    }
  })

  it('refuses a task as the function of another, whose options would be lost', () => {
    expect(() => task({}, task({ retries: 3 }, nothing))).toThrow(invalid('fn', 'is a task with options already'))
  })
})

describe('runPolicy', () => {
  it("is the task's own where the call says nothing", () => {
    const template = made({ timeout: '5s', retries: 2 })

    expect(runPolicy(template, undefined)).toBe(template)
    expect(runPolicy(template, {})).toEqual({ timeoutMs: 5000, retries: 2, backoff: { type: 'fixed', delayMs: 0 } })
  })

  it('puts what was given with the call first', () => {
    const template = made({ timeout: '5s', retries: 2, backoff: () => 1 })
    const given = { timeoutMs: 10, retries: 0, backoff: { type: 'fixed', delayMs: 3 } } as const

    expect(runPolicy(template, given)).toEqual(given)
  })
})
