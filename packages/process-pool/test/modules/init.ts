import { TaskSpace } from '@taskspace/core'

/** Makes tasks of what it is given, when it was asked to. */
// biome-ignore lint/style/noDefaultExport: what a pool calls
export default async function init(greeting: string, options: { readonly loud: boolean }): Promise<object> {
  return new TaskSpace('made', {
    greet: (name: string) => (options.loud ? `${greeting}, ${name}!`.toUpperCase() : `${greeting}, ${name}`),
  })
}
