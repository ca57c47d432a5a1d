import { parentPort } from 'node:worker_threads'
import { compute, echo } from '../work.ts'

parentPort?.on('message', ({ id, task, value }) => {
  parentPort?.postMessage({ id, value: task === 'echo' ? echo(value) : compute(value) })
})
