import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, fromTarballs } from '../consumer.ts'
import { npm, pnpm, yarnNodeModules, yarnPlugAndPlay } from '../layout.ts'

describe.each([npm, pnpm, yarnNodeModules, yarnPlugAndPlay])('in the layout of $name', (layout) => {
  const consumer = new Consumer('layout')

  beforeAll(async () => {
    for (const program of ['total.mjs', 'missing-backend.mjs', 'one-core.mjs']) consumer.copyProgram(program)
    await layout.install(consumer, fromTarballs('core', 'memory'))
  })
  afterAll(() => consumer.remove())

  it('a program finds the backend of its URL, runs its jobs and ends', async () => {
    expect(await layout.node(consumer, 'total.mjs')).toBe('total 6')
  })

  it('a backend that is not installed is named, with what to install', async () => {
    expect(await layout.node(consumer, 'missing-backend.mjs')).toMatch(/^BACKEND_MISSING: .*install @taskspace\/redis/)
  })

  it('there is one copy of core', async () => {
    expect(await layout.node(consumer, 'one-core.mjs')).toBe('one core')
  })
})
