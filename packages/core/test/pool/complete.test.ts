import { describe, expect, it } from 'vitest'
import type { TransactionStatements } from '../../src/backend.ts'
import { currentJob } from '../../src/current-job.ts'
import { LeaseLost } from '../../src/errors/job-errors.ts'
import { task } from '../../src/tasks/task.ts'
import type { Transaction } from '../../src/transaction.ts'
import { RecordedRun } from './fakes/recorded-run.ts'
import { failureIn, runnerOf, valueIn } from './fakes/runner.ts'

const transactions: TransactionStatements = {
  enqueue: () => [],
  enqueued: () => [],
  complete: (completion) => [{ text: 'complete', values: [JSON.stringify(completion)] }],
  failure: (error) => error,
}

interface Case {
  readonly run: RecordedRun
  readonly sent: string[]
}

async function completing(work: (tx: Transaction) => Promise<unknown>, failure?: Error): Promise<Case> {
  const sent: string[] = []
  const tx = {
    query: async (_text: string, values: string[]) => {
      sent.push(...values)
      if (failure !== undefined) throw failure
      return []
    },
  }
  const run = new RecordedRun({ input: [] })
  runnerOf({ task: task({ retries: 1, resultTtl: '5m' }, () => work(tx)) }, { transactions }).start(run)
  await run.settled()
  return { run, sent }
}

describe('a job that its task completes in a transaction', () => {
  it('fails, or runs again, if that is not committed', async () => {
    const { run, sent } = await completing(async (tx) => currentJob().complete(tx, { paid: 7 }))

    expect(JSON.parse(sent[0] ?? '')).toMatchObject({ id: 'job-1', token: 7, resultTtlMs: 300_000 })
    expect(sent[0]).toContain('paid')
    expect(run.isCompleted).toBe(true)
    expect(run.settlement).toMatchObject({ kind: 'retry' })
    expect(failureIn(run.settlement).text).toContain('not committed')
  })

  it('fails of what its task throws after that', async () => {
    const { run } = await completing(async (tx) => {
      await currentJob().complete(tx)
      throw new Error('the commit failed')
    })

    expect(failureIn(run.settlement).text).toContain('the commit failed')
  })

  it('has not succeeded if it could not be completed, even if its task goes on', async () => {
    const lost = new LeaseLost('job-1')
    const { run } = await completing(async (tx) => {
      await currentJob()
        .complete(tx)
        .catch(() => undefined)
    }, lost)

    expect(run.isCompleted).toBe(false)
    expect(run.settlement).toMatchObject({ kind: 'retry' })
    expect(failureIn(run.settlement).text).toContain('lease of job')
  })

  it('is told where there are no transactions', async () => {
    const run = new RecordedRun({ input: [] })
    const tx = { query: async () => [] }

    runnerOf({ task: () => void expect(() => currentJob().complete(tx)).toThrow('invalid tx') }).start(run)

    expect(valueIn(run.settlement)).toBeUndefined()
  })
})
