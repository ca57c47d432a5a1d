import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, fromTarballs } from '../consumer.ts'
import { npm } from '../layout.ts'

describe('the published conformance kit', () => {
  const consumer = new Consumer('kit')

  beforeAll(async () => {
    consumer.copyProgram('conformance.test.mjs')
    await npm.install(consumer, {
      ...fromTarballs('core', 'memory', 'testing'),
      'fast-check': '4.10.2',
      vitest: '5.1.1',
    })
  })
  afterAll(() => consumer.remove())

  it('checks a backend in a project of its own', async () => {
    const command = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', '--outputFile=report.json']
    await consumer.run(process.execPath, command)

    const report = JSON.parse(readFileSync(join(consumer.folder, 'report.json'), 'utf8'))
    expect(report).toMatchObject({ numFailedTests: 0, numPendingTests: 0 })
    expect(report.numPassedTests).toBeGreaterThan(100)
  })
})
