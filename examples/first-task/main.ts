// A first task as one would write it for work: with a time limit, a schema that checks and completes its input, and
// news while it runs. The caller has the handle at once, looks at it on the way, and waits for the end.
import { AsyncPool, currentJob, getBroker, isTaskspaceError, TaskSpace, task } from '@taskspace/core'
import { gate } from '@taskspace/testing'
import { z } from 'zod'

const Letter = z.object({ to: z.string().min(1), copies: z.number().int().positive().default(1) })

export async function run(url: string) {
  const printer = gate()
  const office = new TaskSpace('office', {
    print: task({ timeout: '1m', input: Letter }, async ({ to, copies }) => {
      const job = currentJob()
      await job.saveOutput(`printing ${copies} for ${to}`)
      await printer.pass()
      return { to, copies, job: job.id }
    }),
  })

  await using broker = await getBroker(url)
  broker.expose(office)
  const q = broker.queue<typeof office>()
  const job = q.office.print({ to: 'Ada' })
  const before = await look()

  await using pool = new AsyncPool(broker)
  await pool.start()
  await printer.reached()
  const meanwhile = await look()

  printer.open()
  const result = await job.result()
  const after = await look()
  const refused = await refusalOf(() => q.office.print({ to: '' }).result())
  return { id: job.id, before, meanwhile, after, result, refused }

  async function look() {
    return { ended: await job.wait(0), status: await job.status(), output: await job.output() }
  }
}

async function refusalOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
  } catch (error) {
    if (isTaskspaceError(error, 'SCHEMA_REJECTED')) return error.message
    throw error
  }
  throw new Error('input against the schema must be refused')
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
