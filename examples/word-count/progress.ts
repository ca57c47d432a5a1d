import type { JobState } from '@taskspace/core'

/** How far the work has come. */
export interface Progress {
  /** Files to count. */
  readonly files: number
  /** Files counted, failures included. */
  readonly done: number
  /** Jobs in each state, merges included. */
  readonly states: Readonly<Record<JobState, number>>
  /** Time since the jobs were enqueued. */
  readonly elapsedMs: number
}

/** Shows progress to a person, or to a log. */
export interface ProgressView {
  /** Tell what is done before there is progress. */
  announce(text: string): void
  show(progress: Progress): void
  /** Leave the screen to what comes next. */
  clear(): void
}

/** Where progress is written: a terminal or not. */
export type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }

/** The more telling ones first: the others are left out where there is no room. */
const SHOWN_STATES = ['failed', 'processing', 'enqueued', 'deferred', 'success'] as const
const LONGEST_BAR = 24
const QUIET_MS = 10_000

/** The view for an output: one line that is drawn over on a terminal, else a line of its own for every tenth of the work. */
export function progressView(output: Output): ProgressView {
  return output.isTTY === true ? new LiveLine(output) : new PlainLines(output)
}

class LiveLine implements ProgressView {
  readonly #output: Output

  constructor(output: Output) {
    this.#output = output
  }

  announce(text: string): void {
    this.#output.write(`\r\u001b[K${text}`)
  }

  show(progress: Progress): void {
    // A terminal that does not know its width says 0.
    const columns = (this.#output.columns || 80) - 1
    const length = Math.min(LONGEST_BAR, Math.floor(columns / 8))
    const text = described(progress, columns - length - 1)
    this.#output.write(`\r\u001b[K${`${bar(progress, length)} ${text}`.slice(0, columns)}`)
  }

  clear(): void {
    this.#output.write('\r\u001b[K')
  }
}

class PlainLines implements ProgressView {
  readonly #output: Output
  #tenth = -1
  #writtenMs = 0

  constructor(output: Output) {
    this.#output = output
  }

  announce(text: string): void {
    this.#output.write(`${text}\n`)
  }

  show(progress: Progress): void {
    const tenth = Math.floor(share(progress) * 10)
    if (tenth === this.#tenth && progress.elapsedMs - this.#writtenMs < QUIET_MS) return
    this.#tenth = tenth
    this.#writtenMs = progress.elapsedMs
    this.#output.write(`${described(progress)}\n`)
  }

  clear(): void {}
}

/** As much as fits, whole parts at a time. */
function described(progress: Progress, columns = Number.POSITIVE_INFINITY): string {
  const { files, done, states, elapsedMs } = progress
  const rate = elapsedMs === 0 ? 0 : Math.round((done * 1000) / elapsedMs)
  const parts = [`${done}/${files} files`, `${rate}/s`, `${Math.round(elapsedMs / 1000)} s`]
  for (const state of SHOWN_STATES) if (states[state] > 0) parts.push(`${states[state]} ${state}`)
  let text = ''
  for (const part of parts) {
    if (text.length + 2 + part.length > columns) return text
    text += text === '' ? part : `, ${part}`
  }
  return text
}

function bar(progress: Progress, length: number): string {
  const full = Math.round(share(progress) * length)
  return '█'.repeat(full) + '░'.repeat(length - full)
}

function share({ files, done }: Progress): number {
  return files === 0 ? 1 : done / files
}
