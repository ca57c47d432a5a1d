import { existsSync } from 'node:fs'
import { TaskSpace } from '@taskspace/core'

/** Has tasks while there is no such file. */
// biome-ignore lint/style/noDefaultExport: what a pool calls
export default function init(file: string): object {
  if (existsSync(file)) throw new Error('not at this time')
  return new TaskSpace('some', { pid: () => process.pid })
}
