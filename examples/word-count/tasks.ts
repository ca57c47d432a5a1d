import { currentJob, TaskSpace, task } from '@taskspace/core'
import { countFile } from './count-file.ts'
import { mergeTables } from './word-table.ts'

/** The two tasks of the word count. */
export const words = new TaskSpace('words', {
  /** Count one file. Its table is wanted once, by the merge that was enqueued with it. */
  count: task({ resultTtl: '5m' }, (path: string) => countFile(path, currentJob().signal)),

  /** Put tables together. */
  merge: mergeTables,
})
