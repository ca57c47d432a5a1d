import { describe, expect, it } from 'vitest'
import { parseCallOptions, parseQueueDefaults } from '../../src/queue/parse-call-options.ts'
import { mergeOptions, NO_OPTIONS } from '../../src/queue/parsed-options.ts'
import { task, templateOf } from '../../src/tasks/task.ts'
import { runPolicy, type TaskFunction } from '../../src/tasks/task-definition.ts'

describe('mergeOptions', () => {
  it('costs nothing where one side is empty', () => {
    const options = parseCallOptions({ priority: 1 })

    expect(mergeOptions(options, NO_OPTIONS)).toBe(options)
    expect(mergeOptions(NO_OPTIONS, options)).toBe(options)
    expect(mergeOptions(NO_OPTIONS, NO_OPTIONS)).toBe(NO_OPTIONS)
  })

  it('puts the call before the queue, the queue before the task, the task before the defaults [WQ-29]', () => {
    const template = templateOf(
      task({ priority: 1, tags: ['task'], delay: 1, retries: 1, timeout: 1 }, () => {}) as TaskFunction,
    )!
    const queue = parseQueueDefaults({ priority: 2, tags: ['queue'], retries: 2, maxCrashes: 2 })
    const call = parseCallOptions({ priority: 3, backoff: 3 })

    const enqueued = mergeOptions(mergeOptions(call, queue), template.enqueue)

    expect(enqueued).toEqual({
      priority: 3,
      tags: ['queue'],
      delayMs: 1,
      maxCrashes: 2,
      run: { retries: 2, backoff: { type: 'fixed', delayMs: 3 } },
    })
    expect(runPolicy(template, enqueued.run)).toEqual({
      timeoutMs: 1,
      retries: 2,
      backoff: { type: 'fixed', delayMs: 3 },
    })
    expect(Object.isFrozen(enqueued) && Object.isFrozen(enqueued.run)).toBe(true)
  })

  it('takes delay and runAt for one choice', () => {
    const delayed = parseCallOptions({ delay: 1 })
    const timed = parseCallOptions({ runAt: 2 })

    expect(mergeOptions(delayed, timed)).toEqual({ delayMs: 1 })
    expect(mergeOptions(timed, delayed)).toEqual({ runAt: 2 })
  })

  it('drops an inherited resultTtl where the result is ignored', () => {
    const kept = parseCallOptions({ resultTtl: 1 })

    expect(mergeOptions(parseCallOptions({ ignoreResult: true }), kept)).toEqual({ ignoreResult: true })
    expect(mergeOptions(parseCallOptions({ ignoreResult: false }), kept)).toEqual({
      ignoreResult: false,
      resultTtlMs: 1,
    })
  })

  it('refuses a resultTtl for a result that is ignored [WQ-21]', () => {
    const ignored = parseCallOptions({ ignoreResult: true })

    expect(() => mergeOptions(parseCallOptions({ resultTtl: 1 }), ignored)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'resultTtl' }),
    )
    expect(mergeOptions(parseCallOptions({ resultTtl: 1, ignoreResult: false }), ignored)).toEqual({
      resultTtlMs: 1,
      ignoreResult: false,
    })
  })

  it('changes neither side', () => {
    const over = parseCallOptions({ retries: 1, runAt: 1 })
    const under = parseCallOptions({ timeout: 5, delay: 1 })

    mergeOptions(over, under)

    expect(over).toEqual({ run: { retries: 1 }, runAt: 1 })
    expect(under).toEqual({ run: { timeoutMs: 5 }, delayMs: 1 })
  })
})
