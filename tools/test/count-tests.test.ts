import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countTests, findReports, tellFailures } from '../count-tests.mjs'

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

  it('count an error outside of all tests as a failure', () => {
    const report = { numPassedTests: 2, numFailedTests: 0, testResults: [passed] }

    expect(countTests(report, [{ name: 'Error', text: 'Error: nobody heard' }])).toEqual({ passed: 2, failed: 1 })
  })

  it('tell of each failure what it was, and not more of it than can be read', () => {
    const long = Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n')
    const assertionResults = [{ status: 'passed' }, { status: 'failed', fullName: 'a test', failureMessages: [long] }]
    const testResults = [
      { status: 'failed', name: 'one.test.ts', assertionResults },
      { status: 'failed', name: 'other.test.ts', message: 'cannot be read', assertionResults: [] },
    ]
    const report = { numPassedTests: 1, numFailedTests: 1, testResults }

    const told = tellFailures(report, [{ name: 'Error', text: 'Error: nobody heard' }])

    expect(told[0]).toMatch(/^one\.test\.ts > a test\n {4}line 0\n(?: {4}line \d+\n){18} {4}line 19$/)
    expect(told.slice(1)).toEqual([
      'other.test.ts\n    cannot be read',
      'outside of all tests: Error\n    Error: nobody heard',
    ])
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
