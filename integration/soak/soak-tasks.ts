import { setTimeout as sleep } from 'node:timers/promises'
import { currentJob, TaskSpace, task } from '@taskspace/core'

/** What is run while workers and their owners are killed. */
export const soak = new TaskSpace('soak', {
  increase: (number: number) => number + 1,
  increaseLater: async (number: number, ms: number) => {
    await sleep(ms)
    return number + 1
  },
  /** Calls another task, and hands its result on. */
  increaseBelow: (number: number) => currentJob().queue().soak.increase(number),
  /** Ends its worker every other time. */
  increaseOrExit: (number: number) => {
    if (Math.random() < 0.5) process.exit(3)
    return number + 1
  },
  /** Does not stop by itself. */
  spin: task({ timeout: '100ms' }, () => {
    for (;;);
  }),
})
