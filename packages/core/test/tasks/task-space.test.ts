import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { task } from '../../src/tasks/task.ts'
import { callTask } from '../../src/tasks/task-definition.ts'
import { isTaskSpace, TaskSpace } from '../../src/tasks/task-space.ts'

const names = (space: TaskSpace<string>) => space.definitions().map(({ name }) => name)
const refused = (message: string) => expect.objectContaining({ code: 'INVALID_NAME', message })

describe('TaskSpace', () => {
  it('holds tasks under its own name [WQ-14]', () => {
    const space = new TaskSpace('math', { add: (a: number, b: number) => a + b, num: Number })

    const [add] = space.definitions()

    expect(names(space)).toEqual(['math.add', 'math.num'])
    expect(callTask(add!, [1, 2])).toBe(3)
  })

  it('needs no name', () => {
    expect(names(new TaskSpace('', { add: () => 1 }).task('sub', () => 2))).toEqual(['add', 'sub'])
    expect(names(new TaskSpace().task('a.b', () => 1))).toEqual(['a.b'])
    expect(names(new TaskSpace())).toEqual([])
  })

  it('nests names with dots to any depth, with overlapping prefixes [WQ-15]', () => {
    const space = new TaskSpace('foo.bar', { 'baz.kick': () => 1, baz: () => 2 }).task('baz.kick.far', () => 3)

    expect(names(space)).toEqual(['foo.bar.baz.kick', 'foo.bar.baz', 'foo.bar.baz.kick.far'])
  })

  it('returns itself from task(), with and without options', () => {
    const space = new TaskSpace('a')

    expect(space.task('one', () => 1)).toBe(space)
    expect(space.task('two', { retries: 3 }, () => 2)).toBe(space)
    expect(space.task('three', { input: z.string() }, () => 3)).toBe(space)
    expect(space.definitions()).toMatchObject([{ retries: 0 }, { retries: 3 }, { name: 'a.three' }])
  })

  it('keeps the options of task()', () => {
    const space = new TaskSpace('a', { b: task({ timeout: '5s' }, () => 1) }).task(
      'c',
      task({ retries: 1 }, () => 2),
    )

    expect(space.definitions()).toMatchObject([
      { name: 'a.b', timeoutMs: 5000 },
      { name: 'a.c', retries: 1 },
    ])
  })

  it('takes a function under its own name, less `bound `', () => {
    class Counter {
      count = 0
      next() {
        this.count += 1
        return this.count
      }
    }
    const counter = new Counter()
    const space = new TaskSpace('a').task(counter.next.bind(counter)).task(function named() {})

    expect(names(space)).toEqual(['a.next', 'a.named'])
    expect(callTask(space.definitions()[0]!, [])).toBe(1)
    expect(counter.count).toBe(1)
  })

  it('refuses a function without a name of its own', () => {
    expect(() => new TaskSpace('a').task(() => {})).toThrow(
      refused('the function has no name: give one, as in space.task(name, fn)'),
    )
  })

  it('refuses a name that it has, and keeps the first', () => {
    const first = () => 1
    const space = new TaskSpace('foo.bar').task('kick', first)

    expect(() => space.task('kick', () => 2)).toThrow(
      expect.objectContaining({
        code: 'TASK_CONFLICT',
        task: 'foo.bar.kick',
        message: "task 'foo.bar.kick' conflicts with existing task",
      }),
    )
    expect(space.definitions()).toMatchObject([{ fn: first }])
  })

  it.each(['then', 'toString', 'a.toJSON', '__proto__', 'constructor.a', '', 'a..b', '\ud800'])(
    'refuses %j as the name of a task or a space',
    (name) => {
      const tasks = Object.fromEntries([[name, () => 1]])

      expect(() => new TaskSpace('a', tasks)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }))
      expect(() => new TaskSpace('a').task<string, () => number>(name, () => 1)).toThrow(
        expect.objectContaining({ code: 'INVALID_NAME' }),
      )
      if (name !== '') {
        expect(() => new TaskSpace<string>(name)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }))
      }
    },
  )

  it('refuses a full name that is too long', () => {
    const part = 'x'.repeat(300)

    expect(() => new TaskSpace(part).task(part, () => 1)).toThrow('is longer than 512 characters')
    expect(() => new TaskSpace('x'.repeat(10_000))).toThrow('is longer than 512 characters')
  })

  it.each([1, 'fn', undefined, {}, new TaskSpace('inner')])('refuses %s as a task', (fn) => {
    expect(() => new TaskSpace('a', { b: fn as never })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining("'a.b'") }),
    )
  })

  it.each([null, [() => 1], new Map(), () => 1, { __proto__: { inherited: () => 1 } }])(
    'refuses %s as its tasks',
    (tasks) => {
      expect(() => new TaskSpace('a', tasks as never)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'tasks' }),
      )
    },
  )

  it('is recognised by its brand, whichever copy of the package made it', () => {
    const foreign = Object.create({ [Symbol.for('taskspace/space')]: true })

    expect(isTaskSpace(new TaskSpace('a'))).toBe(true)
    expect(isTaskSpace(foreign)).toBe(true)
    for (const value of [{}, null, undefined, () => 1, { '~tasks': {} }]) expect(isTaskSpace(value)).toBe(false)
  })
})
