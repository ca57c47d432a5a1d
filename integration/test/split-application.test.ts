import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, fromTarballs } from '../consumer.ts'
import { pnpm } from '../layout.ts'

describe('an application whose tasks are a package that depends on core alone', () => {
  const consumer = new Consumer('split')

  beforeAll(async () => {
    consumer.copyProgram('total.mjs', 'packages/tasks')
    consumer.write('packages/tasks/package.json', {
      name: 'tasks',
      version: '1.0.0',
      type: 'module',
      exports: './total.mjs',
      dependencies: fromTarballs('core'),
    })
    consumer.write('main.mjs', `import 'tasks'\n`)
    await pnpm.install(consumer, { ...fromTarballs('core', 'memory'), tasks: 'workspace:*' })
  })
  afterAll(() => consumer.remove())

  it('finds the backend that the application installed', async () => {
    expect(await pnpm.node(consumer, 'main.mjs')).toBe('total 6')
  })
})
