import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, fromTarballs } from '../consumer.ts'
import { npm } from '../layout.ts'
import { nodeVersions } from '../node-versions.ts'

const entries = [
  '@taskspace/core',
  '@taskspace/core/backend',
  '@taskspace/core/pool',
  '@taskspace/memory',
  '@taskspace/testing',
]

describe('the published packages', () => {
  const consumer = new Consumer('node')
  let versions: ReturnType<typeof nodeVersions>

  beforeAll(async () => {
    versions = nodeVersions()
    consumer.copyProgram('total.mjs')
    consumer.copyProgram('require.cjs')
    await npm.install(consumer, fromTarballs('core', 'memory', 'testing'))
  })
  afterAll(() => consumer.remove())

  describe.each([20, 22, 24, 26] as const)('on Node %i', (major) => {
    it('run jobs and let the process end', async () => {
      expect(await consumer.run(versions[major], ['--version'])).toMatch(new RegExp(`^v${major}\\.`))
      expect(await consumer.run(versions[major], ['total.mjs'])).toBe('total 6')
    })

    it.each(entries)('can be required from CommonJS: %s', async (entry) => {
      const printed = await consumer.run(versions[major], ['require.cjs', entry])

      expect(printed).toMatch(new RegExp(`^${entry} [1-9]`))
    })
  })
})
