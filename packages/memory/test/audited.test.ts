import { jobOf, KitContext, success } from '@taskspace/testing/kit'
import { expect, it } from 'vitest'
import { memoryTarget } from './memory-target.ts'

const sample = (id: string) => ({ id, generated: false, task: 't', queue: 'default', input: '[]' })

it('copies bytes that come as a Buffer, whose slices share their memory', async () => {
  const kit = await KitContext.open(memoryTarget)
  const session = await kit.session()
  const input = Buffer.from([1, 2, 3])
  await session.put({ ...sample('a'), input })

  input.fill(0)

  expect(jobOf(await session.claim()).input).toEqual(new Uint8Array([1, 2, 3]))
  await kit.close()
})

it('pushes a large result whole if it is not kept: it could not be read later', async () => {
  const kit = await KitContext.open(memoryTarget)
  const session = await kit.session()
  const hearing = await kit.listen(session)
  await session.put({ ...sample('a'), resultTtlMs: 0, reply: true })
  const large = `"${'x'.repeat(100_000)}"`

  await session.settle(success(await session.takeOne(), large))

  expect(await hearing.outcome('a')).toEqual({ id: 'a', state: 'success', value: large })
  await kit.close()
})

it('cancels a job that has forwarded 20,000 times, however long the chain', async () => {
  const kit = await KitContext.open(memoryTarget)
  const session = await kit.session()
  await session.put(sample('c0'))
  for (let link = 0; link < 20_000; link += 1) {
    const { id, token } = await session.takeOne()
    await session.put({ ...sample(`c${link + 1}`), parent: { id, token } })
    await session.settle({ kind: 'forward', id, token, to: `c${link + 1}` })
  }

  await session.control({ kind: 'cancel', ids: ['c0'], reason: 'enough', cascade: 'release' })
  await kit.sweepAll()

  expect(await kit.states('c0', 'c10000', 'c20000')).toEqual({ c0: 'canceled', c10000: 'canceled', c20000: 'canceled' })
  await kit.close()
})

it('drains a queue of many priorities, each line looked at once', async () => {
  const kit = await KitContext.open(memoryTarget)
  const session = await kit.session()
  const jobs = Array.from({ length: 250 }, (_, priority) => ({ ...sample(`p${priority}`), priority }))
  await session.put(...jobs)

  await session.control({ kind: 'drain', queue: 'default' })
  await kit.sweepAll()

  expect((await kit.queue.counts('default')).get('default')).toMatchObject({ enqueued: 0, canceled: 250 })
  await kit.close()
})
