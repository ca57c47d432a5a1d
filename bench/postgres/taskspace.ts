import { getBroker } from '@taskspace/core'
import { taskspaceOn } from '../stores/contenders/taskspace.ts'

/** Taskspace on Postgres. */
export const taskspacePostgres = taskspaceOn(({ url, queue }, comesFirst) =>
  getBroker(comesFirst ? `${url}?migrate=true` : url, { namespace: queue }),
)
