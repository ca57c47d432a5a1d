import { posix } from 'node:path'
import ts from 'typescript'
import type { SourceFile } from './tracked-files.ts'

/** A feature of an older system, such as `WQ-23`. */
const row = /^(?:WQ|RW|RUI|RQ|PT)-\d+$/

/** A decision that a page explains, such as `C-10` or `A5`. */
const decision = /\b(?:C-\d+|[AD]\d+)\b/g

/** Files whose calls may be tests: those that vitest collects, and the kits that it runs through them. */
const testFiles = /\.test\.ts$|^packages\/testing\/src\//

/** An id in the title of a test, and the file of that test. */
export interface TitledId {
  readonly id: string
  readonly path: string
}

/** A row of the page: its id, the whole line, and the files that are said to show it. */
interface PageRow {
  readonly id: string
  readonly line: string
  readonly shownBy: readonly string[]
}

/** The ids in brackets, `[WQ-23]` or `[WQ-44, RW-37]`, of the titles of all tests. */
export function idsInTitles(files: readonly SourceFile[]): TitledId[] {
  return files
    .filter(({ path, text }) => testFiles.test(path) && /\[[A-Z]+-?\d/.test(text))
    .flatMap((file) => titlesOf(file).flatMap((title) => idsIn(title).map((id) => ({ id, path: file.path }))))
}

/**
 * Says what is wrong with a page that compares Taskspace with the older systems: rows of `covered` that it lacks, rows
 * twice, rows that no test or not the named one shows, ids of titles that it does not know, decisions that it does not
 * explain.
 */
export function parityComplaints(page: SourceFile, covered: readonly string[], titles: readonly TitledId[]): string[] {
  const rows = rowsOf(page)
  const ids = new Set(rows.map(({ id }) => id))
  const explained = new Set(lineIds(page.text))
  const twice = rows.filter(({ id }, index) => rows.findIndex((other) => other.id === id) < index)
  return [
    ...covered.filter((id) => !ids.has(id)).map((id) => `${id} is not on the page`),
    ...twice.map(({ id }) => `${id} is on the page twice`),
    ...rows.flatMap((each) => unshown(each, titles)),
    ...titles
      .filter(({ id }) => row.test(id) && !ids.has(id))
      .map(({ id, path }) => `${id} stands in a title of ${path}, and is not on the page`),
    ...rows.flatMap(({ id, line }) =>
      (line.match(decision) ?? [])
        .filter((each) => !explained.has(each))
        .map((each) => `${id} names ${each}, which is not explained`),
    ),
    ...titles
      .filter(({ id }) => id.startsWith('C-') && !explained.has(id))
      .map(({ id, path }) => `${id} stands in a title of ${path}, and is not explained`),
  ]
}

function unshown({ id, shownBy }: PageRow, titles: readonly TitledId[]): string[] {
  if (shownBy.length === 0) return [`${id} names no test`]
  return shownBy
    .filter((path) => !titles.some((title) => title.id === id && title.path === path))
    .map((path) => `${id} is not in a title of ${path}`)
}

function rowsOf(page: SourceFile): PageRow[] {
  const targets = linkTargets(page)
  return page.text.split('\n').flatMap((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
    const id = cells[1] ?? ''
    if (!row.test(id)) return []
    const labels = [...(cells.at(-2) ?? '').matchAll(/\[([^\]]+)\]/g)].map(([, label]) => label ?? '')
    return [{ id, line, shownBy: labels.map((label) => targets.get(label) ?? `[${label}], which leads nowhere`) }]
  })
}

/** Where the links `[label]` of a page lead, from the root of the repository. */
function linkTargets({ path, text }: SourceFile): Map<string, string> {
  const definitions = text.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)
  return new Map(
    [...definitions].map(([, label = '', target = '']) => [label, posix.join(posix.dirname(path), target)]),
  )
}

/** What stands first in each line of a table. */
function lineIds(text: string): string[] {
  return [...text.matchAll(/^\| ([\w-]+) \|/gm)].map(([, id]) => id ?? '')
}

function titlesOf(file: SourceFile): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    // Whatever declares a test has a title and a body; what it is called is its own affair.
    if (ts.isCallExpression(node) && node.arguments.length > 1) found.push(textOf(node.arguments[0]))
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest))
  return found
}

function textOf(node: ts.Expression | undefined): string {
  if (node === undefined) return ''
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return ''
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('')
}

function idsIn(title: string): string[] {
  const groups = [...title.matchAll(/\[([A-Z]+-?\d+(?:, [A-Z]+-?\d+)*)\]/g)]
  return groups.flatMap(([, ids]) => ids?.split(', ') ?? [])
}
