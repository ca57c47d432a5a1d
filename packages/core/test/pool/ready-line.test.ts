import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import type { HeldRun } from '../../src/pool/held-run.ts'
import { ReadyLine } from '../../src/pool/ready-line.ts'

function runs(count: number): HeldRun[] {
  return Array.from({ length: count }, () => ({ phase: 'ready' }) as HeldRun)
}

it('gives the jobs in their order, also if it is never empty', () => {
  const line = new ReadyLine()
  const all = runs(5_000)
  const given: (HeldRun | undefined)[] = []
  for (const [index, run] of all.entries()) {
    line.push(run)
    if (index >= 10) given.push(line.shift())
    expect(line.length).toBe(Math.min(index + 1, 10))
  }

  while (line.length > 0) given.push(line.shift())

  expect(given).toEqual(all)
  for (const [index, run] of given.entries()) expect(run).toBe(all[index])
  expect(line.shift()).toBeUndefined()
})

it('leaves out what was given up meanwhile, and what is unwanted', () => {
  const line = new ReadyLine()
  const [first, gone, unwanted, last] = runs(4) as [HeldRun, HeldRun, HeldRun, HeldRun]
  for (const run of [first, gone, unwanted, last]) line.push(run)
  gone.phase = 'over'

  expect(line.remove((run) => run === unwanted)).toEqual([unwanted])

  expect([line.shift(), line.shift(), line.shift()]).toEqual([first, last, undefined])
})

it('holds nothing of the jobs that have left, also if it is never empty', async () => {
  const line = new ReadyLine()
  for (const run of runs(10)) line.push(run)
  const left = passOne(line)
  for (let count = 0; count < 1_000; count += 1) {
    line.push(...(runs(1) as [HeldRun]))
    line.shift()
  }
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void

  for (let tries = 0; tries < 20 && left.deref() !== undefined; tries += 1) {
    await new Promise(setImmediate)
    collect()
  }

  expect(left.deref()).toBeUndefined()
})

function passOne(line: ReadyLine): WeakRef<HeldRun> {
  const [run] = runs(1) as [HeldRun]
  line.push(run)
  for (let count = 0; count < 11; count += 1) {
    line.push(...(runs(1) as [HeldRun]))
    line.shift()
  }
  return new WeakRef(run)
}
