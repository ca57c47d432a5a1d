import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  /** Absolute paths of files and folders. */
  readonly paths: readonly string[]
  /** How many of the most frequent words to show. */
  readonly top: number
  /** Show how it is used, and do nothing else. */
  readonly help: boolean
}

/** The command line cannot be understood; the message is one line that says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** How the word count is used. */
export const USAGE = `Usage: npm start -- [PATHS…] [--top N]

Counts the words of files and of all text files in folders: one job a file, put together by a tree of jobs.
Without PATHS it counts this repository. In a folder it passes over hidden files, links, node_modules, dist, coverage
and lock files.

  --top N   show the N most frequent words, 1 to 1000; 20 if not given
  --help    show this

Ends with 0 if all was counted, 1 if something could not be, 2 if these options are wrong, 130 after Ctrl-C.`

const MOST_WORDS = 1000
const LIMITS = `a whole number from 1 to ${MOST_WORDS}`

/**
 * Read the command line. Relative paths start at `folder`; `repository` is what is counted without any.
 *
 * @throws UsageError
 */
export function parseOptions(args: readonly string[], folder: string, repository: string): Options {
  const { values, positionals } = parsed(args)
  const paths = positionals.map((path) => resolve(folder, path))
  return {
    paths: paths.length === 0 ? [repository] : paths,
    top: values.top === undefined ? 20 : parseTop(values.top),
    help: values.help ?? false,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { top: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageError(firstSentence(error), { cause: error })
  }
}

function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replaceAll('\n', ' ').replace(/\. .*$/u, '')
}

function parseTop(text: string): number {
  const top = Number(text)
  if (/^\d+$/.test(text) && top >= 1 && top <= MOST_WORDS) return top
  throw new UsageError(`--top takes ${LIMITS}, not '${text}'`)
}
