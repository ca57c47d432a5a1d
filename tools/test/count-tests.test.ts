import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countTests, findReports } from '../count-tests.mjs'

const passed = { status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'passed' }] }
const failed = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] }
const broken = { status: 'failed', assertionResults: [] }

describe('the counts of a whole run', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'taskspace-counts-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('take passed and failed tests from a report', () => {
    const report = { numPassedTests: 3, numFailedTests: 1, testResults: [passed, failed] }

    expect(countTests(report)).toEqual({ passed: 3, failed: 1 })
  })

  it('count a file that cannot be imported as a failure', () => {
    const report = { numPassedTests: 2, numFailedTests: 0, testResults: [passed, broken] }

    expect(countTests(report)).toEqual({ passed: 2, failed: 1 })
  })

  it('come from the reports of all projects', () => {
    for (const project of ['tools', 'packages/core', 'packages/memory']) {
      mkdirSync(join(root, project, '.vitest'), { recursive: true })
      writeFileSync(join(root, project, '.vitest/report.json'), '{}')
    }
    mkdirSync(join(root, 'examples'))

    expect(findReports(root).sort()).toEqual(
      ['packages/core', 'packages/memory', 'tools'].map((project) => join(root, project, '.vitest', 'report.json')),
    )
  })
})
