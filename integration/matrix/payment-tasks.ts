import { currentJob, TaskSpace } from '@taskspace/core'
import pg from 'pg'

/** How a payment ends. */
export type Ending = 'commit' | 'rollback' | 'exit after commit' | 'exit before commit'

/** Tasks that write to a table and end their jobs in one transaction. */
export const payments = new TaskSpace('payments', {
  pay: async (url: string, account: string, ending: Ending): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      await client.query('BEGIN')
      await client.query('INSERT INTO payments VALUES ($1)', [account])
      await currentJob()
        .queue()
        .with({ tx: client, id: `thanks ${account}` })
        .payments.thank(account)
        .enqueued()
      await currentJob().complete(client, `paid ${account}`)
      if (ending === 'exit before commit' && currentJob().attempt === 1) process.exit(1)
      await client.query(ending === 'rollback' ? 'ROLLBACK' : 'COMMIT')
      if (ending === 'exit after commit') process.exit(1)
    } finally {
      await client.end()
    }
  },
  thank: (account: string) => `thanks for ${account}`,
  receipt: (text: unknown) => `receipt: ${text}`,
})
