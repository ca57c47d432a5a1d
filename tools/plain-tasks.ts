import { setTimeout as sleep } from 'node:timers/promises'
import { currentJob } from '@taskspace/core'

/** Tasks that pools of every kind of worker are tried with. */
export const plainTasks = {
  add: (a: number, b: number) => a + b,
  compute: (ms: number) => {
    const until = performance.now() + ms
    while (performance.now() < until);
    return currentJob().attempt
  },
  /** Writes lines of 1,000 bytes. */
  printMuch: async (how: 'atOnce' | 'slowly', bytes: number) => {
    for (let written = 0; written < bytes; written += 1000) {
      process.stdout.write(`${'x'.repeat(999)}\n`)
      if (how === 'slowly' && written % 200_000 === 0) await sleep(0)
    }
  },
  printAndExit: (text: string) => {
    console.log(text)
    process.stdout.write('unfinished')
    process.exit(3)
  },
  /** Tells what it does, and never gives way. */
  tellAndSpin: () => {
    currentJob().log.info('begun')
    for (let step = 1; ; step += 1) {
      const until = performance.now() + 20
      while (performance.now() < until);
      currentJob().progress(Math.min(1, step / 100))
      console.log(`step ${step}`)
    }
  },
  printNumbers: async (count: number) => {
    for (let number = 0; number < count; number += 1) {
      console.log(`line ${number}`)
      await sleep(1)
    }
  },
}
