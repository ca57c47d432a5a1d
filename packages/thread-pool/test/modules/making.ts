import { threadId } from 'node:worker_threads'
import { TaskSpace } from '@taskspace/core'

/** Makes tasks of what it is given, when it was asked to. */
// biome-ignore lint/style/noDefaultExport: what a pool calls
export default async function init(greeting: string, names: ReadonlyMap<string, string>): Promise<object> {
  return new TaskSpace('made', { greet: (name: string) => [`${greeting}, ${names.get(name)}`, threadId > 0] })
}
