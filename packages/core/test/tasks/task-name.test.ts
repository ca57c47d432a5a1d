import { describe, expect, it } from 'vitest'
import { checkName, nameOfFunction, nameProblem, RESERVED_NAMES } from '../../src/tasks/task-name.ts'

describe('a task name', () => {
  it.each([
    'add',
    'a.b.c',
    'a b',
    'a:b',
    '{math}.add',
    'a\0b',
    '😀',
    '1',
    'hasOwnProperty',
    'name',
    'length',
    'call',
    'apply',
    'bind',
    'Then',
    'then_',
    'x'.repeat(512),
  ])('may be %j', (name) => {
    expect(nameProblem(name)).toBeUndefined()
  })

  it.each([
    ['', 'is empty'],
    ['.', 'has an empty part'],
    ['a.', 'has an empty part'],
    ['.a', 'has an empty part'],
    ['a..b', 'has an empty part'],
    ['x'.repeat(513), 'is longer than 512 characters'],
    ['\ud800', 'holds half a character (a lone surrogate)'],
    ['a.__proto__.b', "is reserved: '__proto__' cannot be part of a name"],
  ])('may not be %j', (name, problem) => {
    expect(nameProblem(name)).toBe(problem)
  })

  it.each(RESERVED_NAMES)('has no part named %s', (name) => {
    for (const path of [name, `a.${name}`, `${name}.a`, `a.${name}.b`]) {
      expect(nameProblem(path)).toBe(`is reserved: '${name}' cannot be part of a name`)
    }
  })

  it('is refused with an error that shows the start of it', () => {
    expect(() => checkName('x'.repeat(10_000), 'task name')).toThrow(
      expect.objectContaining({
        code: 'INVALID_NAME',
        message: `task name '${'x'.repeat(80)}…' is longer than 512 characters`,
      }),
    )
    expect(() => checkName(7, 'space name')).toThrow('space name 7 is not a string')
  })
})

describe('nameOfFunction', () => {
  it('is the name of the function or the bound method', () => {
    const counter = { count() {} }

    expect(nameOfFunction(counter.count)).toBe('count')
    expect(nameOfFunction(counter.count.bind(counter))).toBe('count')
    expect(nameOfFunction(counter.count.bind(counter).bind(counter))).toBe('count')
  })

  it('refuses a function without one', () => {
    expect(() => nameOfFunction(() => {})).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }))
    expect(() => nameOfFunction((() => {}).bind(undefined))).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }))
  })
})
