import type { Failure, WordTable } from './word-table.ts'

/** What the work took. */
export interface Cost {
  readonly jobs: number
  /** Levels of merges above the files. */
  readonly levels: number
  readonly elapsedMs: number
}

const BAR_LENGTH = 30
const SHOWN_FAILURES = 20
const number = new Intl.NumberFormat('en-US')
const decimal = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/** The words, what it took to count them, and what could not be counted, as text for people. */
export function report(total: WordTable, cost: Cost, top: number): string {
  return [...topWords(total, top), '', took(total, cost), ...remarks(total), ...failures(total)].join('\n')
}

function topWords({ counts, missing }: WordTable, top: number): readonly string[] {
  const shown = counts.slice(0, top)
  const [first] = shown
  if (first === undefined) return ['No words found.']

  const numberWidth = number.format(first[1]).length
  const wordWidth = Math.max(...shown.map(([word]) => width(word)))
  const rankWidth = String(shown.length).length
  const rows = shown.map(([word, count], index) => {
    const rank = String(index + 1).padStart(rankWidth)
    const name = word + ' '.repeat(wordWidth - width(word))
    return `  ${rank}  ${name}  ${number.format(count).padStart(numberWidth)}  ${bar(count / first[1])}`
  })
  const different = `${missing > 0 ? 'more than ' : ''}${number.format(counts.length)}`
  return [`Top ${shown.length} of ${different} different words`, '', ...rows]
}

function bar(share: number): string {
  return '█'.repeat(Math.max(1, Math.round(share * BAR_LENGTH)))
}

/** Columns that a word takes on a terminal: East Asian letters take two, combining marks none. */
function width(word: string): number {
  const wide = word.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu)?.length ?? 0
  const marks = word.match(/\p{M}/gu)?.length ?? 0
  return [...word].length + wide - marks
}

function took(total: WordTable, { jobs, levels, elapsedMs }: Cost): string {
  const seconds = Math.max(elapsedMs, 1) / 1000
  const work = `${count(total.files, 'file')}, ${size(total.bytes)}, ${count(total.words, 'word')}`
  const rate = number.format(Math.round(jobs / seconds))
  return `${work}: ${count(jobs, 'job')} with ${count(levels, 'level')} of merges in ${seconds.toFixed(2)} s (${rate} jobs/s)`
}

function remarks({ binaries, missing }: WordTable): readonly string[] {
  const lines: string[] = []
  if (binaries > 0) lines.push(`${count(binaries, 'file')} passed over: not text`)
  if (missing > 0) lines.push(`Rare words were forgotten: a count may be too low by up to ${number.format(missing)}`)
  return lines
}

function failures({ failures: known, failed }: WordTable): readonly string[] {
  if (failed === 0) return []
  const shown = known.slice(0, SHOWN_FAILURES).map(({ source, reason }: Failure) => `  ${source}: ${reason}`)
  const more = failed - shown.length
  return [
    '',
    `Not counted: ${number.format(failed)}`,
    ...shown,
    ...(more > 0 ? [`  and ${number.format(more)} more`] : []),
  ]
}

function count(amount: number, what: string): string {
  return `${number.format(amount)} ${what}${amount === 1 ? '' : 's'}`
}

function size(bytes: number): string {
  if (bytes < 1e3) return count(bytes, 'byte')
  if (bytes < 1e6) return `${decimal.format(bytes / 1e3)} kB`
  if (bytes < 1e9) return `${decimal.format(bytes / 1e6)} MB`
  return `${decimal.format(bytes / 1e9)} GB`
}
