import { describe, expect, it } from 'vitest'
import { task } from '../../src/tasks/task.ts'
import { callTask } from '../../src/tasks/task-definition.ts'
import { TaskRegistry } from '../../src/tasks/task-registry.ts'
import { TaskSpace } from '../../src/tasks/task-space.ts'
import * as shop from './shop-tasks.ts'

const math = new TaskSpace('math', { add: (a: number, b: number) => a + b, num: Number })
const conflict = (name: string) =>
  expect.objectContaining({ code: 'TASK_CONFLICT', message: `task '${name}' conflicts with existing task` })

describe('TaskRegistry', () => {
  it('exposes the tasks of a space [WQ-05]', () => {
    const registry = new TaskRegistry()

    registry.expose(math)

    expect(registry.names()).toEqual(['math.add', 'math.num'])
    expect(registry.size).toBe(2)
    expect(callTask(registry.get('math.add')!, [1, 2])).toBe(3)
  })

  it('exposes a function under its own name, a bound method with its object [WQ-05]', () => {
    const counter = {
      count: 7,
      read() {
        return this.count
      },
    }
    const registry = new TaskRegistry()

    registry.expose(function plain() {})
    registry.expose(counter.read.bind(counter))
    registry.expose(Math.max)
    registry.expose(task({ retries: 3 }, function render() {}))

    expect(registry.names()).toEqual(['plain', 'read', 'max', 'render'])
    expect(callTask(registry.get('read')!, [])).toBe(7)
    expect(registry.get('render')?.retries).toBe(3)
  })

  it('exposes the spaces among the exports of a module, each once', () => {
    const registry = new TaskRegistry()

    registry.expose(shop)

    expect(registry.names().toSorted()).toEqual(['shop.mails.send', 'shop.orders.pay'])
  })

  it('exposes an array of spaces', () => {
    const registry = new TaskRegistry()

    registry.expose([math, shop.mails])

    expect(registry.names()).toEqual(['math.add', 'math.num', 'shop.mails.send'])
  })

  it('refuses a name that is exposed already, and then exposes nothing [WQ-05]', () => {
    const registry = new TaskRegistry()
    registry.expose(new TaskSpace('foo.bar', { kick: () => 'first' }))

    expect(() => registry.expose(new TaskSpace('foo', { other: () => 1, 'bar.kick': () => 'second' }))).toThrow(
      conflict('foo.bar.kick'),
    )
    expect(registry.names()).toEqual(['foo.bar.kick'])
    expect(callTask(registry.get('foo.bar.kick')!, [])).toBe('first')
  })

  it('puts later tasks in the place of earlier ones if asked to [WQ-05] [PT-02]', () => {
    const registry = new TaskRegistry()
    registry.expose(new TaskSpace('foo', { kick: () => 'first' }))

    registry.expose(new TaskSpace('foo', { kick: () => 'second' }), { replace: true })

    expect(registry.size).toBe(1)
    expect(callTask(registry.get('foo.kick')!, [])).toBe('second')
  })

  it('refuses two tasks of one name in one call, even to replace', () => {
    const twice = [new TaskSpace('a', { b: () => 1 }), new TaskSpace('a').task('b', () => 2)]

    expect(() => new TaskRegistry().expose(twice, { replace: true })).toThrow(conflict('a.b'))
  })

  it('names tasks by namespaces that do not clash [PT-03]', () => {
    const registry = new TaskRegistry()

    registry.expose([new TaskSpace('foo', { bar: () => 1 }), new TaskSpace('foo.bar', { baz: () => 2 })])

    expect(registry.names()).toEqual(['foo.bar', 'foo.bar.baz'])
  })

  it('does not see tasks that a space gets later', () => {
    const space = new TaskSpace('late')
    const registry = new TaskRegistry()
    registry.expose(space)

    space.task('one', () => 1)

    expect(registry.get('late.one')).toBeUndefined()
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'a\0b', '😀', 'x'.repeat(10_000)])(
    'knows no task %j that nobody exposed',
    (name) => {
      const registry = new TaskRegistry()
      registry.expose(math)

      expect(registry.get(name)).toBeUndefined()
    },
  )

  it('keeps odd but legal names apart', () => {
    const odd = { 'a:b': () => 1, 'a{b}': () => 2, 'a\0b': () => 3, '😀': () => 4, hasOwnProperty: () => 5 }
    const registry = new TaskRegistry()

    registry.expose(new TaskSpace('', odd))

    expect(Object.keys(odd).map((name) => callTask(registry.get(name)!, []))).toEqual([1, 2, 3, 4, 5])
  })

  it('tells the roots of what it exposes, for who asks for something else', () => {
    const registry = new TaskRegistry()
    registry.expose([shop.orders, math, shop.mails])
    registry.expose(function alone() {})

    expect(registry.roots()).toEqual(['alone', 'math', 'shop'])
  })

  it.each([{}, [], { limit: 1 }, [math, () => 1], [math, {}], null, 'math', new Map([['math', math]])])(
    'refuses %s, in which there is nothing to expose',
    (what) => {
      expect(() => new TaskRegistry().expose(what as object)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(/^nothing to expose: /) }),
      )
    },
  )

  it('refuses a function whose name cannot be used', () => {
    const then = Object.defineProperty(() => {}, 'name', { value: 'then' })

    expect(() => new TaskRegistry().expose(() => {})).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }))
    expect(() => new TaskRegistry().expose(then)).toThrow("task name 'then' is reserved")
  })
})
