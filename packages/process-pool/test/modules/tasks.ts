import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { url as inspectorUrl } from 'node:inspector'
import { setTimeout as sleep } from 'node:timers/promises'
import { currentJob, TaskSpace, task } from '@taskspace/core'
import { plainTasks } from '../../../../tools/plain-tasks.ts'

/** What processes are tried with. */
export const tasks = new TaskSpace('t', {
  ...plainTasks,
  echo: (value: unknown) => value,
  about: () => ({
    pid: process.pid,
    cwd: process.cwd(),
    nice: niceness(),
    mode: process.env.MODE,
    argv: process.execArgv,
  }),
  wait: async (ms: number) => {
    await sleep(ms, undefined, { signal: currentJob().signal })
    return process.pid
  },
  later: async (number: number, ms: number) => {
    await sleep(ms)
    return number + 1
  },
  spin: (file?: string) => {
    if (file !== undefined) writeFileSync(file, String(process.pid))
    for (;;);
  },
  spinWithChildren: (file: string) => {
    const child = spawn('sh', ['-c', 'sh -c "while :; do :; done" & wait'], { stdio: 'inherit' })
    writeFileSync(file, `${process.pid} ${child.pid}`)
    for (;;);
  },
  exit: (code: number) => process.exit(code),
  exitOnce: (file: string, code: number) => {
    if (existsSync(file)) return currentJob().attempt
    writeFileSync(file, '')
    return process.exit(code)
  },
  abort: () => process.abort(),
  kill: (signal: NodeJS.Signals) => {
    process.kill(process.pid, signal)
    for (;;);
  },
  /** Spins the first time; its process is in the file then. */
  spinOnce: (file: string) => {
    if (existsSync(file)) return currentJob().attempt
    writeFileSync(file, String(process.pid))
    for (;;);
  },
  fillHeap: () => {
    const kept: unknown[] = []
    for (;;) kept.push(new Array(100_000).fill(kept.length))
  },
  rejectBehind: async () => {
    void Promise.reject(new RangeError('nobody caught this'))
    await sleep(60_000)
  },
  throwBehind: async () => {
    setTimeout(() => {
      throw new RangeError('nobody caught that')
    }, 1)
    await sleep(60_000)
  },
  rejectWhen: (file: string) => {
    const timer = setInterval(() => {
      if (!existsSync(file)) return
      clearInterval(timer)
      void Promise.reject(new Error('too late'))
    }, 5)
    return process.pid
  },
  touch: async (file: string) => {
    writeFileSync(file, '')
    await sleep(400)
    return process.pid
  },
  closeChannel: async () => {
    const { closeSync } = await import('node:fs')
    closeSync(3)
    await sleep(60_000)
  },
  closeBlackBox: async () => {
    const { closeSync } = await import('node:fs')
    closeSync(4)
  },
  leaveBehind: () => {
    spawn('sleep', ['5'], { stdio: 'inherit', detached: true }).unref()
    return process.exit(4)
  },
  writeNonsense: async () => {
    const { writeSync } = await import('node:fs')
    writeSync(3, 'this is no message')
    await sleep(60_000)
  },
  sendMessages: () => {
    process.send?.({ strange: true })
    process.disconnect?.()
    return typeof process.send
  },
  /** Sends messages to a process of its own, which sends each back. */
  chat: async (messages: number) => {
    const echo = 'process.on("message", (message) => process.send(message))'
    const child = spawn(process.execPath, ['-e', echo], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const heard: unknown[] = []
    child.on('message', (message) => heard.push(message))
    for (let count = 0; count < messages; count += 1) child.send({ kind: 'done', seq: count })
    while (heard.length < messages) await sleep(1)
    child.kill()
    return heard.length
  },
  large: (bytes: number) => new Uint8Array(bytes).fill(7),
  size: (bytes: Uint8Array) => bytes.byteLength,
  print: (text: string) => {
    console.log(text)
    console.error('first\nsecond')
    process.stdout.write('in par')
    process.stdout.write('ts\n')
  },
  printFromShell: (script: string) => {
    execFileSync('sh', ['-c', script], { stdio: 'inherit' })
  },
  /** Writes lines of 1,000 bytes; by how much that raised the most memory ever taken, in kB. */
  printMuch: async (how: 'atOnce' | 'slowly' | 'byProgram', bytes: number) => {
    const before = process.resourceUsage().maxRSS
    if (how === 'byProgram') {
      const child = spawn('sh', ['-c', `yes ${'x'.repeat(999)} | head -c ${bytes}`], { stdio: 'inherit' })
      await new Promise((resolve) => child.once('close', resolve))
    } else {
      await plainTasks.printMuch(how, bytes)
    }
    return process.resourceUsage().maxRSS - before
  },
  leave: (name: string) => {
    const found = readdirSync('.')
    writeFileSync(name, 'left behind')
    return { found, cwd: process.cwd() }
  },
  debuggerUrl: () => inspectorUrl(),
  grow: (bytes: number) => {
    world.ballast = new Uint8Array(bytes).fill(1)
    return process.pid
  },
  failTwice: task({ retries: 3, backoff: (attempt: number) => attempt * 20, timeout: '200ms' }, () => {
    if (currentJob().attempt < 3) for (;;);
    return currentJob().attempt
  }),
  callThree: async () => {
    const queue = currentJob().queue()
    const parts = [1, 2, 3].map((value) => queue.t.echo(value))
    const results = await Promise.all(parts.map((part) => part.result()))
    return results
  },
})

const world: { ballast?: Uint8Array } = {}

function niceness(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
}
