import { spawn } from 'node:child_process'
import { readlinkSync, renameSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'
import { currentJob, TaskSpace, task } from '@taskspace/core'

/** What is run while workers and their owners are killed, and what is measured. */
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
  /** Ends its worker every other time, when others run in it. */
  increaseAndExit: (number: number, ms: number) => {
    if (Math.random() < 0.5) setTimeout(() => process.exit(4), ms)
    return number + 1
  },
  /** Does not stop by itself. */
  spin: task({ timeout: '100ms' }, () => {
    for (;;);
  }),
  /** The same for as long as it is let, in a process with another one that does; first says in a file how to find them. */
  spinTold: (file: string) => {
    const child = isMainThread ? spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }) : undefined
    say(file, [whereAmI(), ...(child?.pid === undefined ? [] : [`/proc/${child.pid}`])])
    for (;;);
  },
  /** Ends its worker by force where it can; first says in a file when, by the clock of the machine. */
  die: (file: string) => {
    say(file, machineMs())
    if (isMainThread) process.kill(process.pid, 'SIGKILL')
    process.exit(3)
  },
})

/** Milliseconds of a clock that all processes of the machine share. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Where the system tells of this process, or of this thread to those of its process. */
function whereAmI(): string {
  return isMainThread
    ? `/proc/${process.pid}`
    : `/proc/self/task/${readlinkSync('/proc/thread-self').split('/').at(-1)}`
}

// At once as a whole, for whoever looks for it.
function say(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value))
  renameSync(`${file}.new`, file)
}
