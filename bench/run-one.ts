// One workload with one contender, once, in this process: node run-one.ts WORKLOAD CONTENDER. Prints its figures as JSON.
import { contenders } from './contenders/contenders.ts'
import { workloads } from './workloads/workloads.ts'

const [workloadName, contenderName] = process.argv.slice(2)
const workload = workloads.find(({ name }) => name === workloadName)
const contender = contenders.find(({ name }) => name === contenderName)
if (workload === undefined || contender === undefined) {
  throw new Error(`no workload '${workloadName}' or contender '${contenderName}'`)
}
const figures = await workload.run(contender)
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0))
