import type { StandardSchemaV1 } from '@standard-schema/spec'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { validateInput, validateOutput } from '../../src/tasks/schema.ts'
import { type TaskDefinition, taskTemplate } from '../../src/tasks/task-definition.ts'
import type { SchemaOptions } from '../../src/tasks/task-options.ts'

const definition = (schemas: SchemaOptions): TaskDefinition => ({
  ...taskTemplate(schemas, () => {}),
  name: 'shop.pay',
})
const rejected = (message: string) => expect.objectContaining({ code: 'SCHEMA_REJECTED', message })

const schemaOf = (validate: StandardSchemaV1.Props['validate']): StandardSchemaV1 => ({
  '~standard': { version: 1, vendor: 'test', validate },
})
const complaining = (...issues: StandardSchemaV1.Issue[]) => schemaOf(() => ({ issues }))

const Payment = z.object({ to: z.string(), amount: z.string().transform(Number), note: z.string().default('none') })

describe('validateInput', () => {
  it('hands over the same arguments where there is no schema', () => {
    const args = [1, 'a']

    expect(validateInput(definition({}), args)).toBe(args)
  })

  it("hands over the schema's output", () => {
    const args = [{ to: 'a', amount: '7' }]

    expect(validateInput(definition({ input: Payment }), args)).toEqual([{ to: 'a', amount: 7, note: 'none' }])
    expect(args).toEqual([{ to: 'a', amount: '7' }])
  })

  it('waits for an asynchronous schema', async () => {
    const input = v.pipeAsync(
      v.string(),
      v.checkAsync(async (text) => text !== 'b', 'is taken'),
    )

    const validated = validateInput(definition({ input }), ['a'])

    expect(validated).toBeInstanceOf(Promise)
    await expect(validated).resolves.toEqual(['a'])
    await expect(validateInput(definition({ input }), ['b'])).rejects.toEqual(
      rejected("input of task 'shop.pay' rejected: is taken"),
    )
  })

  it('reads no argument as undefined, so that a default of the schema applies', () => {
    expect(validateInput(definition({ input: z.string().default('a') }), [])).toEqual(['a'])
  })

  it('refuses more than one argument', () => {
    expect(() => validateInput(definition({ input: Payment }), [{}, 2])).toThrow(
      rejected("input of task 'shop.pay' rejected: takes one argument, not 2"),
    )
  })

  it('names what is missing, and before all other faults [RW-19]', () => {
    const input = v.object({ to: v.string(), user: v.object({ name: v.string(), tags: v.array(v.string()) }) })

    expect(() => validateInput(definition({ input }), [{ to: 1, user: { tags: ['a', 2] } }])).toThrow(
      rejected(
        "input of task 'shop.pay' rejected: missing required input: `user.name` " +
          '(Invalid key: Expected "name" but received undefined); ' +
          'to -> Invalid type: Expected string but received 1; ' +
          'user.tags[1] -> Invalid type: Expected string but received 2',
      ),
    )
  })

  it('names what is not among the choices, and what is not known [RW-19]', () => {
    const input = z.strictObject({ kind: z.enum(['a', 'b']) })

    expect(() => validateInput(definition({ input }), [{ kind: 'c' }])).toThrow(
      rejected('input of task \'shop.pay\' rejected: kind -> Invalid option: expected one of "a"|"b"'),
    )
    expect(() => validateInput(definition({ input }), [{ kind: 'a', mind: 1 }])).toThrow(
      rejected('input of task \'shop.pay\' rejected: Unrecognized key: "mind"'),
    )
  })

  it('keeps the faults apart for programs', () => {
    const input = complaining({ message: 'odd' }, { message: 'bad', path: ['a', { key: 0 }, Symbol('b')] })

    expect(() => validateInput(definition({ input }), [{ a: [{}] }])).toThrow(
      expect.objectContaining({ issues: ['missing required input: `a[0].Symbol(b)` (bad)', 'odd'] }),
    )
  })

  it('bounds what a schema can say', () => {
    const issue = { message: 'm'.repeat(100_000), path: ['p'.repeat(100_000)] }
    const input = complaining(...Array.from({ length: 1000 }, () => issue))

    expect(() => validateInput(definition({ input }), [1])).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{0,17000}; and 980 more$/) }),
    )
  })

  it('looks at no inherited property to tell what is missing', () => {
    const input = complaining({ message: 'bad', path: ['constructor'] })

    expect(() => validateInput(definition({ input }), [{}])).toThrow('missing required input: `constructor` (bad)')
  })

  it("lets an error of the schema's own through", () => {
    const fault = new Error('broken schema')
    const input = schemaOf(() => {
      throw fault
    })

    expect(() => validateInput(definition({ input }), ['a'])).toThrow(fault)
  })
})

describe('validateOutput', () => {
  it("gives the schema's output, or the value itself", () => {
    expect(validateOutput(definition({}), 7)).toEqual({ value: 7 })
    expect(validateOutput(definition({ output: z.string().transform(Number) }), '7')).toEqual({ value: 7 })
  })

  it('never takes a result for a promise', async () => {
    const called: unknown[] = []
    const thenable = Object.fromEntries([['then', (resolve: unknown) => called.push(resolve)]])
    const output = schemaOf(async (value) => ({ value }))

    const validated = await validateOutput(definition({ output }), thenable)

    expect(validated).toEqual({ value: thenable })
    expect(called).toEqual([])
  })

  it('names the task and the path of what is refused', async () => {
    const output = z.object({ total: z.number() })

    expect(() => validateOutput(definition({ output }), { total: 'a' })).toThrow(
      rejected("output of task 'shop.pay' rejected: total -> Invalid input: expected number, received string"),
    )
    expect(() => validateOutput(definition({ output }), {})).toThrow('missing required output: `total`')
    const picky = z.number().refine(async (n) => n > 1, 'too small')
    await expect(validateOutput(definition({ output: picky }), 1)).rejects.toEqual(
      rejected("output of task 'shop.pay' rejected: too small"),
    )
  })
})
