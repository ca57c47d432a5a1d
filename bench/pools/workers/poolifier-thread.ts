import { ThreadWorker } from 'poolifier'
import { compute, echo } from '../work.ts'

export const worker = new ThreadWorker({
  echo: (value: unknown) => echo(value),
  compute: (steps: unknown) => compute(steps as number),
})
