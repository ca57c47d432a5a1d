import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'

/** Run in processes of their own, without a queue. */
export const sum = (...values: number[]) => values.reduce((total, value) => total + value, 0)

export const kinds = async (value: unknown) => ({ value, pid: process.pid, at: new Map([[1n, new Date(5)]]) })

export const throwRange = () => {
  throw Object.assign(new RangeError('too far'), { code: 'E_FAR', by: 3 })
}

export const notSendable = () => () => 1

export const exit = (code: number) => {
  console.error('good bye')
  process.exit(code)
}

export const fillHeap = () => {
  const kept: unknown[] = []
  for (;;) kept.push(new Array(100_000).fill(kept.length))
}

export const rejectBehind = async () => {
  void Promise.reject(new Error('nobody caught this'))
  await new Promise(() => setInterval(() => undefined, 1_000))
}

/** Never ends, nor does what it has started; their numbers are in the file. */
export const spin = (file: string) => {
  const child = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' })
  writeFileSync(file, `${process.pid} ${child.pid}`)
  for (;;);
}

/** Heeds no signal. */
export const spinOn = (file: string) => {
  process.on('SIGTERM', () => undefined)
  spin(file)
}

export const leaveTimer = () => {
  setInterval(() => undefined, 1_000)
  return process.pid
}

export const number = 5
