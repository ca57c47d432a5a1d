import { currentJob, type Deferred, nonRetryable, TaskError, type TaskFailure, TaskSpace, task } from '@taskspace/core'
import { passGate } from './file-gate.ts'
import { evenNumber, loudText } from './kit-schema.ts'

/**
 * The tasks of the pool kit. They need nothing of the process that tests them but files, so that they do the same on the
 * event loop, in a thread and in a process of their own.
 */
export const kitTasks = new TaskSpace('kit', {
  nothing: () => undefined,
  echo: (value: unknown) => value,
  add: (a: number, b: number) => a + b,
  addLater: async (a: number, b: number) => a + b,
  sum: (values: readonly number[]) => values.reduce((total, value) => total + value, 0),
  sizes: (texts: readonly string[]) => texts.map((text) => text.length),
  repeat: (text: string, times: number) => text.repeat(times),
  loud: task({ input: loudText }, (text: string) => text),
  even: task({ output: evenNumber }, (value: number) => value),

  /** Changes the bytes that it is given and fails, then gives back those that it is given again. */
  spoil: task({ retries: 1, backoff: '2s' }, (bytes: Uint8Array) => {
    if (currentJob().attempt > 1) return bytes
    bytes.fill(0)
    throw new Error('spoiled')
  }),

  /** Waits at a gate, heeding its signal. */
  hold: (gate: string, value?: unknown) => hold(gate, value),
  /** Waits at a gate, whatever its signal says. */
  holdOn: async (gate: string) => {
    await passGate(gate)
    return 'too late'
  },
  /** Waits at a gate; ends well when its signal aborts. */
  holdPolitely: async (gate: string) => {
    await hold(gate).catch(() => undefined)
    return 'as far as it got'
  },
  holdBriefly: task({ timeout: '5s' }, (gate: string) => hold(gate)),
  holdOnBriefly: task({ timeout: '5s' }, async (gate: string) => passGate(gate)),
  holdBrieflyOnce: task({ timeout: '5s', retries: 1, backoff: '2s' }, async (gate: string) => {
    if (currentJob().attempt === 1) await hold(gate)
    return currentJob().attempt
  }),

  fail: (text: string) => {
    throw new RangeError(text)
  },
  failLater: async (text: string) => {
    throw new RangeError(text)
  },
  failExpectedly: (text: string) => {
    throw new TaskError(text, { details: { text }, group: 'expected' })
  },
  failStrangely: (how: 'undefined' | 'frozen' | 'huge') => {
    // Whatever a task throws is its business.
    const thrown = {
      undefined: undefined,
      frozen: Object.freeze(new Error('cold')),
      huge: new Error('x'.repeat(1_000_000)),
    }
    throw thrown[how]
  },
  failFor: task({ retries: 2, backoff: '10s' }, (attempts: number) => {
    if (currentJob().attempt <= attempts) throw new Error(`attempt ${currentJob().attempt}`)
    return currentJob().attempt
  }),
  failForGood: task({ retries: 5 }, () => {
    throw nonRetryable(new Error('for good'))
  }),
  returnFunction: () => () => 1,
  textOf: (values: readonly (number | TaskFailure)[]) => values.map(String),
  handOn: (value: number | TaskFailure) => value,

  about: () => {
    const { id, name, queueName, attempt, token, tags, meta, signal } = currentJob()
    return { id, name, queueName, attempt, token, tags, meta, aborted: signal.aborted }
  },
  report: async (gate: string) => {
    currentJob().progress(0.25)
    currentJob().progress(0.5)
    await hold(gate)
  },
  save: async (gate: string) => {
    await currentJob().saveOutput({ part: 1 })
    await hold(gate)
  },
  saveAndFail: async () => {
    void currentJob().saveOutput('so far')
    throw new Error('later')
  },
  beat: async (gate: string) => {
    await hold(gate)
    await currentJob().heartbeat()
    return 'alive'
  },
  retryOnce: task({ retries: 1 }, (delayMs: number) => {
    if (currentJob().attempt === 1) throw currentJob().retry(delayMs, 'not yet')
    return currentJob().attempt
  }),
  retryWithout: () => {
    throw currentJob().retry('5s')
  },
  giveUp: () => {
    throw currentJob().fail('no such user', { group: 'users', details: { user: 5 } })
  },

  logAll: () => {
    const { log } = currentJob()
    log.debug('looking')
    log.info('found', { count: 3 })
    log.warn('two\nlines')
    log.error('lost', { by: { name: 'me' }, list: [1, null] })
  },
  logAround: async (gate: string) => {
    currentJob().log.info('before')
    await hold(gate)
    currentJob().log.info('after')
  },
  logAndFail: task({ retries: 1, backoff: '2s' }, () => {
    currentJob().log.warn(`attempt ${currentJob().attempt}`)
    throw new Error('as ever')
  }),
  logMany: (count: number) => {
    for (let line = 0; line < count; line += 1) currentJob().log.debug(`line ${line}`)
  },
  logLong: (length: number) => {
    currentJob().log.info('x'.repeat(length))
  },
  /** What the first attempt logs once it has lost its job comes too late. */
  logAfterLoss: async (gate: string) => {
    const { log, attempt, signal } = currentJob()
    if (attempt === 1) await passGate(gate, signal).catch(() => undefined)
    log.info(`attempt ${attempt}`)
    if (attempt > 1) await passGate(gate)
    log.info(`attempt ${attempt} goes on`)
  },
  print: () => {
    for (const bit of ['bit ', 'by ', 'bit\n']) process.stdout.write(bit)
    process.stdout.write('several\nlines\n')
    const bytes = Buffer.from('grüße €\n')
    for (const byte of bytes) process.stderr.write(Uint8Array.of(byte))
    process.stdout.write('unfinished')
  },
  printAround: async (gate: string, name: string) => {
    process.stdout.write(`${name} `)
    await Promise.resolve()
    process.stdout.write('before\n')
    await hold(gate)
    process.stdout.write(`${name} after\n`)
  },
  emitAll: () => {
    currentJob().emit('started')
    currentJob().log.info('between')
    currentJob().emit('step', { at: new Date(5), done: [1n], bytes: new Uint8Array([0, 255]) })
  },
  emitBadly: () => {
    const bad: readonly (readonly [name: string, data: unknown])[] = [
      ['', 1],
      ['function', () => 1],
      ['huge', 'x'.repeat(10_000)],
    ]
    return bad.map(([name, data]) => codeOf(() => currentJob().emit(name, data)))
  },
  tellAround: async (first: string, second: string) => {
    currentJob().log.info('begun')
    currentJob().emit('step', 1)
    await hold(first)
    currentJob().log.info('half')
    currentJob().progress(0.5)
    await hold(second)
    currentJob().log.info('over')
  },

  callAndForget: (text: string) => {
    own().kit.echo.with({ id: currentJob().childId('child') })(text)
  },
  callAndReturn: (a: number, b: number): Deferred<number> => own().kit.add(a, b),
  callAndWait: async (a: number, b: number): Promise<number> => (await own().kit.add(a, b).result()) * 10,
  callTwice: (id: string) => {
    own().kit.echo.with({ id })(1)
    own().kit.echo.with({ id })(2)
  },
  nest: (depth: number): number | Deferred<number> => {
    return depth === 0 ? 0 : own().kit.increase(own().kit.nest(depth - 1))
  },
  increase: (value: number) => value + 1,
  waitForSelf: async (depth: number): Promise<number> => {
    return depth === 0
      ? 0
      : 1 +
          (await own()
            .kit.waitForSelf(depth - 1)
            .result())
  },
})

/** A queue whose calls belong to the job. Not typed: a task that calls itself would be of its own type. */
function own() {
  return currentJob().queue()
}

function codeOf(act: () => void): unknown {
  try {
    act()
    return 'accepted'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

async function hold(gate: string, value?: unknown): Promise<unknown> {
  await passGate(gate, currentJob().signal)
  return value
}
