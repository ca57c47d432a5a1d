// One workload with one contender, once, in this process: node run-one.ts SUITE WORKLOAD CONTENDER. Prints its figures as
// JSON.
import { suites } from './suites/suites.ts'

const [suiteName, workloadName, contender = ''] = process.argv.slice(2)
const workload = suites.find(({ name }) => name === suiteName)?.workloads.find(({ name }) => name === workloadName)
if (workload === undefined) throw new Error(`no workload '${workloadName}' in suite '${suiteName}'`)
const figures = await workload.run(contender)
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0))
