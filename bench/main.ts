// Measures us side by side with peers: each workload in rounds, contenders in turn within a round, every run in a process
// of its own; prints one JSON line a figure (the median of the rounds), then one a goal. `main.ts [SUITE…] [--only WORKLOAD]`
import { execFile } from 'node:child_process'
import { parseArgs, promisify } from 'node:util'
import { judge } from './goals.ts'
import { median } from './median.ts'
import type { Suite } from './suite.ts'
import { suites } from './suites/suites.ts'
import type { Figure } from './workload.ts'

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, only: { type: 'string', multiple: true } },
  allowPositionals: true,
})
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds: ${values.rounds} is no count`)
const names = positionals.length > 0 ? positionals : ['memory']

for (const name of names) {
  const suite = suites.find((one) => one.name === name)
  if (suite === undefined) throw new Error(`no suite '${name}'; there are ${suites.map((one) => one.name).join(', ')}`)
  await measureAll(suite)
}

async function measureAll(suite: Suite): Promise<void> {
  const medians = new Map<string, number>()
  for (const workload of suite.workloads) {
    if (values.only === undefined || values.only.includes(workload.name)) await measure(suite, workload, medians)
  }
  for (const goal of suite.goals) {
    const judged = judge(goal, medians)
    if (judged !== undefined) console.log(JSON.stringify(judged))
  }
}

async function measure(
  suite: Suite,
  workload: Suite['workloads'][number],
  medians: Map<string, number>,
): Promise<void> {
  const runs = new Map<string, { readonly figure: Figure; readonly contender: string; readonly values: number[] }>()
  for (let round = 1; round <= rounds; round += 1) {
    process.stderr.write(`${workload.name}: round ${round} of ${rounds}\n`)
    for (const contender of workload.contenders) {
      for (const figure of await runOnce([suite.name, workload.name, contender])) {
        const key = `${figure.figure} ${contender}`
        const run = runs.get(key) ?? { figure, contender, values: [] }
        run.values.push(figure.value)
        runs.set(key, run)
      }
    }
  }
  for (const [key, run] of runs) {
    medians.set(key, median(run.values))
    const { figure, unit } = run.figure
    const line = { workload: workload.name, figure, contender: run.contender, unit, median: median(run.values) }
    console.log(JSON.stringify({ ...line, min: Math.min(...run.values), max: Math.max(...run.values), rounds }))
  }
}

async function runOnce(what: readonly string[]): Promise<readonly Figure[]> {
  const script = new URL('./run-one.ts', import.meta.url).pathname
  const args = ['--expose-gc', script, ...what]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 900_000 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as readonly Figure[]
}
