import { MAX_NAME_LENGTH } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, idsOf, inline } from '../session/claimed.ts'
import { job, order, value } from '../session/sample-job.ts'
import { success } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'

/** Strings that a store, a pattern, a path or an object may take for more than a name. */
const HOSTILE_NAMES: readonly (readonly [what: string, name: string])[] = [
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['toString', 'toString'],
  ['then', 'then'],
  ['colons', 'a:b::c:'],
  ['braces', '{tag}{}'],
  ['a NUL', 'a\0b'],
  ['an emoji', '👩‍👩‍👧 ok'],
  ['a lone surrogate', 'x\ud800y'],
  ['another lone surrogate', 'x\ud801y'],
  ['a replacement character', 'x\ufffdy'],
  ['patterns', '*?[a-z]%_'],
  ['quotes', `'"\`$$;--`],
  ['a path', '../../etc/passwd'],
  ['blanks', ' \t\r\n '],
  ['digits', '0'],
  ['a line separator', 'a\u2028b'],
  ['the greatest length', 'n'.repeat(MAX_NAME_LENGTH)],
  ['the greatest length of another alphabet', '語'.repeat(MAX_NAME_LENGTH)],
]

/** Names that are easily mixed up. */
const NEIGHBOURS = [
  'a',
  'A',
  'a ',
  ' a',
  'a\0',
  'á',
  'a\u0301',
  'a:',
  ':a',
  'x\ud800y',
  'x\ud801y',
  'x\ufffdy',
  '1',
  '01',
]

/** Ids, queues, tasks and tags are data, whatever they look like. */
export const nameCases: KitGroup = {
  name: 'names as data',
  cases: [
    ...HOSTILE_NAMES.map(([what, name]) =>
      behaviour(`takes ${what} for an id: enqueued, depended on, run, canceled, removed [G24]`, async (kit) => {
        const session = await kit.session()
        await session.put(job(name), job('after', { edges: [value(name)] }))

        const held = await session.finish(name, '"v"')
        const record = await kit.record(name)
        const after = await session.claim()
        await session.put(job(name, { reuseEnded: true, edges: [order('after')] }))
        await session.control(cancel([name]), { kind: 'remove', id: name })

        expect([held.id, record.id, record.state]).toEqual([name, name, 'success'])
        expect(argumentsOf(after, 'after')).toEqual([inline('"v"')])
        expect(await kit.state(name)).toBeUndefined()
      }),
    ),
    ...HOSTILE_NAMES.map(([what, name]) =>
      behaviour(`takes ${what} for a queue, a task, a tag and a reason [G24]`, async (kit) => {
        const session = await kit.session({ queues: [name], tasks: { [name]: { maxCrashes: 1 } }, label: name })
        await session.put(job('a', { queue: name, task: name, tags: [name], meta: JSON.stringify(name) }), job('b'))

        const counts = await kit.queue.counts(name)
        const taken = await session.take(5, { queues: [name] })
        await session.control(cancel(['a'], 'refuse', name))

        expect(counts.get(name)).toMatchObject({ enqueued: 1 })
        expect(taken).toMatchObject([{ id: 'a', queue: name, task: name, tags: [name], meta: JSON.stringify(name) }])
        expect((await session.renew()).canceled).toMatchObject([{ id: 'a', reason: name }])
        await session.control({ kind: 'drain', queue: name })
        expect(await kit.state('b')).toBe('enqueued')
      }),
    ),
    behaviour('takes names for different that differ in anything [G24]', async (kit) => {
      const session = await kit.session()

      await session.put(...NEIGHBOURS.map((name) => job(name, { queue: name, input: JSON.stringify(name) })))

      for (const name of NEIGHBOURS) {
        const taken = await session.take(5, { queues: [name] })
        expect(taken).toMatchObject([{ id: name, queue: name, input: JSON.stringify(name) }])
        await session.settle(...taken.map((each) => success(each, JSON.stringify(name))))
      }
      const counts = await kit.queue.counts()
      expect([...counts.keys()].sort()).toEqual([...NEIGHBOURS].sort())
      for (const name of NEIGHBOURS) expect(await kit.valueOf(name)).toBe(JSON.stringify(name))
    }),
    behaviour('does not find a job by a part of its name, or by two names joined', async (kit) => {
      const session = await kit.session()
      await session.put(job('b:c', { queue: 'a' }), job('c', { queue: 'a:b' }))

      expect(await kit.states('b', 'a:b:c', 'b:', '')).toEqual({
        b: undefined,
        'a:b:c': undefined,
        'b:': undefined,
        '': undefined,
      })
      expect(idsOf(await session.take(5, { queues: ['a'] }))).toEqual(['b:c'])
      expect(idsOf(await session.take(5, { queues: ['a:b'] }))).toEqual(['c'])
    }),
  ],
}
