// Prints `N passed, N failed` over the reports that the test runs have left. Plain JavaScript, since it also has to
// speak when the set-up failed and only the machine's own Node is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Counts the tests of one vitest report. A file that failed without a failed test, say because it could not be
 * imported, counts as one failure.
 *
 * @param {{ numPassedTests: number, numFailedTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 */
export function countTests(report) {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length }
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const counts = findReports(join(import.meta.dirname, '..')).map((file) =>
    countTests(JSON.parse(readFileSync(file, 'utf8'))),
  )
  const sum = (/** @type {'passed' | 'failed'} */ key) => counts.reduce((total, count) => total + count[key], 0)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
}
