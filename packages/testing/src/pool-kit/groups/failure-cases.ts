import { expect } from 'vitest'
import type { kitTasks } from '../kit-tasks.ts'
import { type PoolGroup, test } from '../pool-case.ts'

/** Jobs that fail. */
export const failureCases: PoolGroup = {
  name: 'failures',
  cases: [
    test('of a task that throws tell TYPE: message [WQ-44, RW-37]', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.fail('fail!')

      await expect(job.result()).rejects.toMatchObject({
        ...{ code: 'TASK_FAILED', kind: 'exception', text: 'RangeError: fail!', group: 'kit.fail:RangeError' },
        message: `kit.fail [default:${job.id}] RangeError: fail!`,
      })
    }),
    test('of a task that rejects are told alike', async (kit) => {
      await kit.pool()

      await expect(kit.queue.kit.failLater('fail!').result()).rejects.toMatchObject({ text: 'RangeError: fail!' })
    }),
    test('come with the stack of the task', async (kit) => {
      await kit.pool()
      const failure = await kit.queue.kit
        .fail('x')
        .result()
        .catch((error) => error)

      expect(failure.taskStack).toContain('kit-tasks')
    }),
    test('that are expected come with their details, and no stack [PT-14]', async (kit) => {
      await kit.pool()

      await expect(kit.queue.kit.failExpectedly('no').result()).rejects.toMatchObject({
        ...{ kind: 'error', text: 'no', group: 'expected', details: { text: 'no' }, taskStack: undefined },
      })
    }),
    test('may be anything that can be thrown', async (kit) => {
      await kit.pool()
      const { failStrangely } = kit.queue.kit

      await expect(failStrangely('undefined').result()).rejects.toMatchObject({ text: 'thrown: undefined' })
      await expect(failStrangely('frozen').result()).rejects.toMatchObject({ text: 'Error: cold' })
      const huge = await failStrangely('huge')
        .result()
        .catch((error) => error)
      expect(Buffer.byteLength(huge.text)).toBe(8192)
    }),
    test('leave the pool running', async (kit) => {
      await kit.pool({ slots: 1 })
      await kit.queue.kit.fail('x').wait()

      expect(await kit.queue.kit.add(1, 2).result()).toBe(3)
    }),
    test('of input that a schema refuses where the job runs are invalid-input [RW-19]', async (kit) => {
      await kit.pool()
      const queue = kit.caller().queue<typeof kitTasks>()

      await expect(queue.kit.loud('').result()).rejects.toMatchObject({
        ...{ kind: 'invalid-input', text: expect.stringContaining('no text') },
      })
      expect(await queue.kit.loud('quiet').result()).toBe('QUIET')
    }),
    test('of output that a schema refuses are invalid-output', async (kit) => {
      await kit.pool()

      await expect(kit.queue.kit.even(3).result()).rejects.toMatchObject({ kind: 'invalid-output' })
      expect(await kit.queue.kit.even(4).result()).toBe(4)
    }),
    test('of a result that cannot be sent are invalid-output', async (kit) => {
      await kit.pool()

      await expect(kit.queue.kit.returnFunction().result()).rejects.toMatchObject({ kind: 'invalid-output' })
    }),
    test('of a task that the pool does not have say so [WQ-17, PT-15]', async (kit) => {
      await kit.pool()
      const job = kit.broker.queue().math.unknown(1)

      await expect(job.result()).rejects.toMatchObject({
        kind: 'no-such-task',
        text: expect.stringMatching(/^no such task \(this pool exposes kit;.* namespace '.+'\?\)$/),
      })
    }),
    test('that nobody expected are told to onException [PT-06]', async (kit) => {
      const told: string[] = []
      await kit.pool({ onException: (error, job) => told.push(`${job.name} ${String(error)}`) })

      await kit.queue.kit.failExpectedly('x').wait()
      await kit.queue.kit.fail('x').wait()

      expect(told).toHaveLength(1)
      expect(told[0]).toMatch(/^kit\.fail .*x/)
    }),
    test('do no more harm if onException throws itself', async (kit) => {
      await kit.pool({
        onException: () => {
          throw new Error('bad handler')
        },
      })
      await kit.queue.kit.fail('x').wait()

      expect(await kit.queue.kit.add(1, 2).result()).toBe(3)
      expect(kit.log).toContain('error onException failed')
    }),
  ],
}
