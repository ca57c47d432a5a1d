import { TaskSpace } from '@taskspace/core'
import { compute, echo } from './work.ts'

/** The work as tasks, for each kind of pool. */
export const bench = new TaskSpace('bench', { echo, compute })
