import { compute, echo } from '../work.ts'

process.on('message', ({ id, task, value }: { id: number; task: string; value: unknown }) => {
  process.send?.({ id, value: task === 'echo' ? echo(value) : compute(value as number) })
})
