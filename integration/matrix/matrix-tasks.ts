import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { currentJob, type Deferred, TaskSpace } from '@taskspace/core'

/** Tasks that show the same on every backend, in every pool. They meet their test at files. */
export const matrix = new TaskSpace('matrix', {
  num: (text: string) => Number(text),
  add: (values: readonly number[]) => values.reduce((total, value) => total + value, 0),
  size: (bytes: Uint8Array) => bytes.byteLength,
  /** Its result becomes that of a job of its own. */
  handOn: (values: readonly number[]): Deferred<number> => own().matrix.add(values),
  /** Waits for a job of its own. */
  double: async (value: number): Promise<number> => 2 * (await own().matrix.add([value]).result()),
  tell: () => {
    const job = currentJob()
    job.progress(0.5)
    process.stdout.write('to the output\n')
    job.log.info('to the log')
    return { attempt: job.attempt, queue: job.queueName }
  },
  fail: (text: string): never => {
    throw new RangeError(text)
  },
  hold: async (file: string) => {
    writeFileSync(`${file}.${currentJob().attempt}`, '')
    while (!existsSync(file)) {
      currentJob().signal.throwIfAborted()
      await sleep(5)
    }
    return currentJob().attempt
  },
  /** Brings its worker down, once. */
  exitOnce: (file: string) => {
    if (!existsSync(file)) {
      writeFileSync(file, '')
      process.exit(3)
    }
    return 'alive'
  },
  spin: (file: string): never => {
    writeFileSync(file, '')
    for (;;);
  },
})

/** Calls that belong to the job. Not typed: a task that calls its own space would be of its own type. */
function own() {
  return currentJob().queue()
}
