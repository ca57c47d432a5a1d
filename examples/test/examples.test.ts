import { describe, expect, it } from 'vitest'
import { run as boundMethod } from '../bound-method/main.ts'
import { run as deferredArguments } from '../deferred-arguments/main.ts'
import { run as dependencyGraph } from '../dependency-graph/main.ts'
import { run as failedArguments } from '../failed-arguments/main.ts'
import { run as firstTask } from '../first-task/main.ts'
import { run as followAJob } from '../follow-a-job/main.ts'
import { run as ignoreResult } from '../ignore-result/main.ts'
import { run as moreDeferredArguments } from '../more-deferred-arguments/main.ts'
import { run as moreNamespaces } from '../more-namespaces/main.ts'
import { run as namedQueues } from '../named-queues/main.ts'
import { run as namespaces } from '../namespaces/main.ts'
import { run as noSuchTask } from '../no-such-task/main.ts'
import { run as resultStatus } from '../result-status/main.ts'
import { run as simple } from '../simple/main.ts'
import { run as taskError } from '../task-error/main.ts'
import { run as waitForResult } from '../wait-for-result/main.ts'
import { BACKENDS } from './backends.ts'

describe.each(BACKENDS)('the examples on $name', ({ freshUrl }) => {
  it('run a task with the argument of the call [WQ-07] [WQ-17]', async () => {
    expect(await simple(freshUrl())).toEqual(['Ada'])
  })

  it('wait for a result, which a Deferred then shows [WQ-39] [WQ-40] [WQ-43]', async () => {
    const { id, ...shown } = await waitForResult(freshUrl())

    expect(shown).toEqual({
      ended: true,
      result: 'hahaha',
      value: 'hahaha',
      printed: `<Deferred text.repeat [default:${id}] success>`,
    })
  })

  it('run a job whose result is ignored, and keep nothing of it [WQ-26]', async () => {
    const { id, ...shown } = await ignoreResult(freshUrl())

    expect(shown).toEqual({
      written: ['nobody asks for my result'],
      printed: `<JobRef log.write [default:${id}] success>`,
      left: undefined,
    })
  })

  it('show a job enqueued, processing and successful, in that order [WQ-38] [WQ-43]', async () => {
    const { id, seen } = await resultStatus(freshUrl())

    expect(seen).toEqual(
      ['enqueued', 'processing', 'success'].map((status) => ({
        status,
        printed: `<Deferred steps.pause [default:${id}] ${status}>`,
      })),
    )
  })

  it('follow what a job logs, prints, emits and reports, until it has ended [RW-35] [RW-36] [PT-12]', async () => {
    const { seen, warnings, events } = await followAJob(freshUrl())

    expect(seen.filter((each) => !each.startsWith('progress'))).toEqual([
      'log info: packed',
      'log info: packed',
      'event sealed',
      'stdout info: printed by the task',
    ])
    expect(seen).toContain('progress 1')
    expect(warnings).toBe(0)
    expect(events).toEqual([{ number: 3, name: 'sealed', data: { parcels: 1 } }])
  })

  it('fail a job whose task no pool knows, naming what is known [WQ-17] [WQ-44]', async () => {
    const { id, ended, message, kind } = await noSuchTask(freshUrl())

    expect(ended).toBe(true)
    expect(kind).toBe('no-such-task')
    expect(message).toMatch(`func [default:${id}] no such task (this pool exposes text;`)
  })

  it('tell the caller what a task threw, and go on with the next job [WQ-44] [RW-37]', async () => {
    const { id, message, status, next } = await taskError(freshUrl())

    expect(message).toBe(`divide [default:${id}] RangeError: division by zero`)
    expect(status).toBe('failed')
    expect(next).toBe(2)
  })

  it('put results in the place of the Deferreds inside an argument [WQ-30]', async () => {
    expect(await deferredArguments(freshUrl())).toBe(6)
  })

  it('take Deferreds of Deferreds, and one of them twice [WQ-30] [WQ-31] [WQ-35]', async () => {
    expect(await moreDeferredArguments(freshUrl())).toEqual({ sum: 10, square: 100 })
  })

  it('run a graph of jobs that was enqueued in one go [WQ-30]', async () => {
    expect(await dependencyGraph(freshUrl())).toEqual({
      title: '3 routes',
      pages: {
        coast: 'coast: 50 km, 500 m up',
        forest: 'forest: 60 km, 600 m up',
        hills: 'hills: 50 km, 500 m up',
      },
    })
  })

  it('hand a failure on, or let a job run with it in the place of the value [WQ-33] [WQ-34]', async () => {
    const { ids, offer, total } = await failedArguments(freshUrl())

    const because = 'Error: no price for a unicorn'
    expect(offer).toEqual([3, { failed: 'shop.price', because }, 4])
    expect(total).toBe(`shop.price [default:${ids[1]}] ${because}`)
  })

  it('keep named queues apart [WQ-03] [RW-04]', async () => {
    expect(await namedQueues(freshUrl())).toEqual({
      done: ['letter to Ada', 'parcel to Alan'],
      queues: ['letters', 'parcels'],
    })
  })

  it('tell tasks of the same name apart by their space [WQ-14] [WQ-16]', async () => {
    expect(await namespaces(freshUrl())).toEqual({ 'circle.area': 314, 'square.area': 100 })
  })

  it('reach tasks by nested names, also where spaces overlap [WQ-15]', async () => {
    expect(await moreNamespaces(freshUrl())).toEqual([
      ['zoo.feed', 'all fed'],
      ['zoo.birds', 'how many birds there are'],
      ['zoo.birds.feed', 'birds fed'],
      ['zoo.birds.water.feed', 'ducks fed'],
      ['zoo.birds.night.feed', 'owls fed'],
    ])
  })

  it('keep the state of the object whose method is exposed [WQ-05]', async () => {
    expect(await boundMethod(freshUrl())).toEqual({ totals: [2, 5], here: 5 })
  })

  it('run a first task: handle at once, input checked, output on the way, waiting for the end [RW-01] [RW-09] [RW-21] [RW-30] [RW-31] [RW-32] [RW-33]', async () => {
    const { id, before, meanwhile, after, result, refused } = await firstTask(freshUrl())

    const output = 'printing 1 for Ada'
    expect(before).toEqual({ ended: false, status: 'enqueued', output: undefined })
    expect(meanwhile).toEqual({ ended: false, status: 'processing', output })
    expect(after).toEqual({ ended: true, status: 'success', output })
    expect(result).toEqual({ to: 'Ada', copies: 1, job: id })
    expect(refused).toMatch(/^input of task 'office\.print' rejected: to -> /)
  })
})
