// Prints what failed in the test runs, by the reports that they have left, and at last `N passed, N failed`. Plain
// JavaScript, since it also has to speak when the set-up failed and only the machine's own Node is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Lines of an error that are shown. */
const MOST_LINES = 20

/**
 * What a vitest report says, as far as it is used here.
 *
 * @typedef {{ status: string, fullName?: string, failureMessages?: string[] }} Test
 * @typedef {{ status: string, name?: string, message?: string, assertionResults: Test[] }} File
 * @typedef {{ numPassedTests: number, numFailedTests: number, testResults: File[] }} Report
 * @typedef {{ name: string, text: string }} Unhandled an error outside of all tests, see `unhandled-report.ts`
 */

/**
 * Counts the tests of one vitest report. A file that failed without a failed test, say because it could not be
 * imported, counts as one failure, and so does each error that came outside of all tests.
 *
 * @param {Report} report
 * @param {readonly Unhandled[]} unhandled
 */
export function countTests(report, unhandled = []) {
  const broken = report.testResults.filter(isBroken)
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length + unhandled.length }
}

/**
 * A text about each failure that `countTests` counts.
 *
 * @param {Report} report
 * @param {readonly Unhandled[]} unhandled
 */
export function tellFailures(report, unhandled = []) {
  const told = report.testResults.flatMap((file) => {
    if (isBroken(file)) return [textOf(`${file.name}`, file.message ?? '')]
    const failed = file.assertionResults.filter((test) => test.status === 'failed')
    return failed.map((test) => textOf(`${file.name} > ${test.fullName}`, (test.failureMessages ?? []).join('\n')))
  })
  return [...told, ...unhandled.map(({ name, text }) => textOf(`outside of all tests: ${name}`, text))]
}

/**
 * The reports of all projects of a repository: those right in its root, and those in `packages`.
 *
 * @param {string} root
 */
export function findReports(root) {
  return [root, join(root, 'packages')]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((project) => join(folder, project, '.vitest', 'report.json')))
    .filter((file) => existsSync(file))
}

/** @param {File} file */
function isBroken(file) {
  return file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')
}

/** @type {(title: string, text: string) => string} */
function textOf(title, text) {
  const lines = text.split('\n').slice(0, MOST_LINES)
  return [title, ...lines.map((line) => `    ${line}`)].join('\n')
}

/** @param {string} file */
function readResults(file) {
  const beside = join(file, '..', 'unhandled.json')
  const unhandled = existsSync(beside) ? JSON.parse(readFileSync(beside, 'utf8')) : []
  return { file, report: JSON.parse(readFileSync(file, 'utf8')), unhandled }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(import.meta.dirname, '..')
  const results = findReports(root).map(readResults)
  for (const { file, report, unhandled } of results) {
    const failures = tellFailures(report, unhandled)
    if (failures.length > 0)
      console.log(`\nFailed in ${relative(root, join(file, '..', '..'))}:\n${failures.join('\n')}`)
  }
  const counts = results.map(({ report, unhandled }) => countTests(report, unhandled))
  const sum = (/** @type {'passed' | 'failed'} */ key) => counts.reduce((total, count) => total + count[key], 0)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
}
