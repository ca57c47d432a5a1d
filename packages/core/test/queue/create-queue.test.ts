import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { CallTarget } from '../../src/queue/call-target.ts'
import { createQueue, isSameQueue } from '../../src/queue/create-queue.ts'
import type { JobRef } from '../../src/queue/deferred.ts'
import { parseQueueDefaults } from '../../src/queue/parse-call-options.ts'
import { NO_OPTIONS, type ParsedOptions } from '../../src/queue/parsed-options.ts'
import type { AnyQueue, Queue } from '../../src/queue/queue.ts'
import { RESERVED_NAMES } from '../../src/tasks/task-name.ts'
import type { TaskSpace } from '../../src/tasks/task-space.ts'

type Math = TaskSpace<'math', { add: (...values: number[]) => number; 'add.all': (values: number[]) => number }>
type Call = { readonly task: string; readonly args: readonly unknown[]; readonly options: ParsedOptions }

const JOB = { id: 'job' } as JobRef

class RecordingTarget implements CallTarget {
  readonly owner: object
  readonly calls: Call[] = []
  readonly #name: string

  constructor(owner: object = {}, name = 'default') {
    this.owner = owner
    this.#name = name
  }

  call(task: string, args: readonly unknown[], options: ParsedOptions): JobRef {
    this.calls.push({ task, args, options })
    return JOB
  }

  describe(): string {
    return this.#name
  }
}

function setUp() {
  const target = new RecordingTarget()
  const untyped = createQueue(target) as unknown as AnyQueue
  return { target, untyped, queue: createQueue<Math>(target) }
}

describe('calling', () => {
  it('hands the path, the arguments and what the target returns across [WQ-17]', () => {
    const { target, queue } = setUp()

    expect(queue.math.add(1, 2)).toBe(JOB)
    expect(queue.math.add.all([1])).toBe(JOB)
    expect(target.calls).toEqual([
      { task: 'math.add', args: [1, 2], options: NO_OPTIONS },
      { task: 'math.add.all', args: [[1]], options: NO_OPTIONS },
    ])
  })

  it('shares one options object among all calls of a handle', () => {
    const { target, queue } = setUp()
    const urgent = queue.math.add.with({ priority: 1 })

    queue.math.add(1)
    queue.math.add(2)
    urgent(3)
    urgent(4)

    const [a, b, c, d] = target.calls.map(({ options }) => options)
    expect(a).toBe(NO_OPTIONS)
    expect(b).toBe(NO_OPTIONS)
    expect(c).toEqual({ priority: 1 })
    expect(d).toBe(c)
  })

  it('throws what the target throws', () => {
    const fault = new Error('cannot be sent')
    const queue = createQueue<Math>({
      owner: {},
      call: () => {
        throw fault
      },
      describe: () => 'default',
    })

    expect(() => queue.math.add(1)).toThrow(fault)
  })

  it.each([
    'name',
    'length',
    'call',
    'apply',
    'bind',
    'arguments',
    'caller',
    'hasOwnProperty',
    'a b',
    'a:b{}',
    '😀',
    'a\0b',
  ])('reaches a task named %j', (name) => {
    const { target, untyped } = setUp()

    untyped.math[name](1)
    untyped[name](2)

    expect(target.calls.map(({ task }) => task)).toEqual([`math.${name}`, name])
  })

  it('takes dotted names for paths', () => {
    const { target, untyped } = setUp()

    untyped['math.trig'].sin(1)

    expect(target.calls[0]?.task).toBe('math.trig.sin')
  })

  it.each(['', 'a..b', 'a.then', '\ud800', 'x'.repeat(10_000)])('refuses a task named %j', (name) => {
    const { target, untyped } = setUp()

    expect(() => untyped.math[name](1)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }))
    expect(target.calls).toEqual([])
  })

  it('refuses to call the queue itself', () => {
    const { untyped } = setUp()

    expect(() => untyped(1)).toThrow("task name '' is empty: call a task of the queue, such as queue.math.add(…)")
  })

  it('cannot be constructed', () => {
    const { target, untyped } = setUp()

    expect(() => new untyped.math.add()).toThrow(TypeError)
    expect(target.calls).toEqual([])
  })
})

describe('options', () => {
  it('lie over each other, the newest first [WQ-29]', () => {
    const target = new RecordingTarget()
    const defaults = parseQueueDefaults({ priority: 1, tags: ['queue'], timeout: 1 })
    const queue = createQueue<Math>(target, { defaults })

    queue.math.add(1)
    queue.with({ priority: 2, retries: 2 }).math.add.with({ retries: 3 })(1)
    queue.math.add.with({ priority: 4 }).with({ timeout: 4 })(1)
    queue.math.add(1)

    expect(target.calls.map(({ options }) => options)).toEqual([
      { priority: 1, tags: ['queue'], run: { timeoutMs: 1 } },
      { priority: 2, tags: ['queue'], run: { timeoutMs: 1, retries: 3 } },
      { priority: 4, tags: ['queue'], run: { timeoutMs: 4 } },
      { priority: 1, tags: ['queue'], run: { timeoutMs: 1 } },
    ])
  })

  it('are checked when given, not when used [WQ-21]', () => {
    const { target, queue } = setUp()

    expect(() => queue.math.add.with({ priority: 0.5 })).toThrow(expect.objectContaining({ field: 'priority' }))
    expect(() => queue.with({ throttle: 1 } as never)).toThrow("unknown option 'throttle' in call options")
    expect(() => queue.with({ ignoreResult: true }).math.add.with({ resultTtl: 1 })).toThrow(
      expect.objectContaining({ field: 'resultTtl' }),
    )
    expect(target.calls).toEqual([])
  })

  it('reach every task of a queue that has them [WQ-26]', () => {
    const { target, queue } = setUp()

    queue.with({ ignoreResult: true }).math.add.all([1])

    expect(target.calls).toMatchObject([{ task: 'math.add.all', options: { ignoreResult: true } }])
  })
})

describe('the proxy', () => {
  it('enqueues nothing when it is printed, joined, compared, sorted, awaited or cloned', async () => {
    const { target, untyped: queue } = setUp()

    for (const part of [queue, queue.math, queue.math.add]) {
      String(part)
      void `${part} ${part + 1}`
      JSON.stringify({ part })
      format('%s %o %O %j %d %i', part, part, part, part, part, part)
      inspect(part, { showProxy: true, showHidden: true, depth: 5 })
      inspect({ nested: [part] })
      void [part, queue.a].sort()
      void (part === queue)
      void (part < 1)
      await part
      await Promise.all([part])
      void ('then' in part)
      Object.keys(part)
      Object.entries(part)
      void { ...part }
      for (const key in part) expect.unreachable(key)
      Object.prototype.toString.call(part)
      void (part instanceof Promise)
      expect(() => structuredClone(part)).toThrow()
      expect(() => [...part]).toThrow(TypeError)
      expect(part).toBe(part)
      expect(part).toEqual(part)
      expect(part).not.toEqual({ a: 1 })
      expect([part]).toContain(part)
      expect(() => expect(part).toEqual('something else')).toThrow()
      expect(() => expect(part).toMatchObject({ deep: { inside: 1 } })).toThrow()
    }

    expect(target.calls).toEqual([])
  })

  it('keeps every path it gave, so that handles are equal and cheap', () => {
    const { untyped: queue } = setUp()

    expect(queue.math.add).toBe(queue.math.add)
    expect(queue.math.add).not.toBe(queue.math.sub)
    const urgent = queue.with({ priority: 1 })
    expect(urgent.math.add).toBe(urgent.math.add)
    expect(urgent.math.add).not.toBe(queue.math.add)
  })

  it('does not keep paths without end', () => {
    const { target, untyped: queue } = setUp()
    const first = queue.task0

    for (let n = 0; n < 5000; n++) queue[`task${n}`](n)

    expect(queue.task0).toBe(first)
    expect(queue.task4999).not.toBe(queue.task4999)
    expect(target.calls.map(({ args }) => args[0])).toEqual(Array.from({ length: 5000 }, (_, n) => n))
  })

  it('tells its path and queue [WQ-18]', () => {
    const { untyped: queue } = setUp()

    expect(inspect(queue.math.add)).toBe('<Queue math.add [default]>')
    expect(inspect(queue)).toBe('<Queue [default]>')
    expect(inspect({ q: queue.math })).toBe('{ q: <Queue math [default]> }')
    expect(`${queue.math.add}`).toBe('queue(math.add)')
    expect(queue.math.add + 1).toBe('queue(math.add)1')
    expect(format('%s', queue.math.add)).toBe('queue(math.add)')
    expect(JSON.stringify([queue, queue.math])).toBe('["queue()","queue(math)"]')
    expect(queue.math.toLocaleString()).toBe('queue(math)')
    expect(queue.math.valueOf()).toBe(queue.math)
  })

  it.each(RESERVED_NAMES)('answers %s without a job', (name) => {
    const { target, untyped: queue } = setUp()

    for (const part of [queue, queue.math, queue.math.add]) {
      const answer: unknown = part[name]
      if (name.startsWith('to')) expect((answer as () => string).call(part)).toMatch(/^queue\(/)
      else if (name === 'valueOf') expect((answer as () => unknown).call(part)).toBe(part)
      else if (name === 'with') expect((answer as (options: object) => unknown)({})).toBeTypeOf('function')
      else expect(answer).toBeUndefined()
    }
    expect(target.calls).toEqual([])
  })

  it('has no symbols, keys or properties of its own', () => {
    const { untyped: queue } = setUp()
    const symbols = Object.getOwnPropertyNames(Symbol).map((name) => (Symbol as never)[name])

    for (const symbol of symbols.filter((one) => typeof one === 'symbol')) expect(queue.math[symbol]).toBeUndefined()
    expect(queue.math[inspect.custom]).toBeUndefined()
    expect('math' in queue).toBe(false)
    expect('then' in queue.math).toBe(false)
    expect(Reflect.ownKeys(queue.math)).toEqual([])
    expect(Object.getOwnPropertyDescriptor(queue.math, 'name')).toBeUndefined()
    expect(typeof queue.math.add).toBe('function')
  })

  it('cannot be changed', () => {
    const { untyped } = setUp()
    const queue = untyped.math as Record<string, unknown>

    expect(() => {
      queue.add = 1
    }).toThrow(TypeError)
    expect(() => delete queue.add).toThrow(TypeError)
    expect(() => Object.defineProperty(queue, 'add', { value: 1 })).toThrow(TypeError)
    expect(() => Object.setPrototypeOf(queue, {})).toThrow(TypeError)
    expect(() => Object.freeze(queue)).toThrow(TypeError)
    expect(queue.add).toBe(untyped.math.add)
  })
})

describe('disposal', () => {
  it('is answered by the root of a queue that was given one, and by nothing else', async () => {
    const closed: string[] = []
    const target = new RecordingTarget()
    const dispose = async () => {
      closed.push('closed')
    }
    {
      await using queue = createQueue<Math>(target, { dispose }) as Queue<Math> & AsyncDisposable
      queue.math.add(1)
      const parts = [queue.math, queue.math.add, queue.with({ priority: 1 })] as Partial<AsyncDisposable>[]
      for (const part of parts) expect(part[Symbol.asyncDispose]).toBeUndefined()
      expect(closed).toEqual([])
    }

    expect(closed).toEqual(['closed'])
    expect((setUp().queue as Partial<AsyncDisposable>)[Symbol.asyncDispose]).toBeUndefined()
  })
})

describe('isSameQueue', () => {
  it('holds for queues of one broker and name, whatever their path [WQ-18]', () => {
    const broker = {}
    const queue = createQueue<Math>(new RecordingTarget(broker))
    const again = createQueue<Math>(new RecordingTarget(broker))
    const other = createQueue<Math>(new RecordingTarget(broker, 'other'))
    const foreign = createQueue<Math>(new RecordingTarget())

    expect(isSameQueue(queue, queue.math.add)).toBe(true)
    expect(isSameQueue(queue.math.add.with({ priority: 1 }), again.math.add.all)).toBe(true)
    expect(isSameQueue(queue, other)).toBe(false)
    expect(isSameQueue(queue, foreign)).toBe(false)
    for (const value of [undefined, {}, () => 1, 'queue']) expect(isSameQueue(queue, value)).toBe(false)
    expect(isSameQueue({}, {})).toBe(false)
  })
})
