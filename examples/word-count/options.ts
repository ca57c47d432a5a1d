import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  /** Absolute paths of files and folders. */
  readonly paths: readonly string[]
  /** How many of the most frequent words to show. */
  readonly top: number
  /** Where the jobs run. */
  readonly pool: PoolName
  /** How many jobs run at once; absent: as many as are right for the pool. */
  readonly workers: number | undefined
  /** Show how it is used, and do nothing else. */
  readonly help: boolean
}

/** The kinds of pool to choose from: the event loop of the program, threads, child processes. */
export const POOL_NAMES = ['async', 'thread', 'process'] as const
export type PoolName = (typeof POOL_NAMES)[number]

/** The command line cannot be understood; the message is one line that says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** How the word count is used. */
export const USAGE = `Usage: npm start -- [PATHS…] [--top N] [--pool KIND] [--workers N]

Counts the words of files and of all text files in folders: one job a file, put together by a tree of jobs.
Without PATHS it counts this repository. In a folder it passes over hidden files, links, node_modules, dist, coverage
and lock files.

  --top N      show the N most frequent words, 1 to 1000; 20 if not given
  --pool KIND  where the jobs run: process (child processes, if not given), thread (worker threads) or async (the event
               loop of the program)
  --workers N  how many jobs run at once, 1 to 256; if not given one for each processor, or 16 on the event loop
  --help       show this

Ends with 0 if all was counted, 1 if something could not be, 2 if these options are wrong, 130 after Ctrl-C.`

const MOST_WORDS = 1000
const MOST_WORKERS = 256

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
    top: parseCount('top', values.top, MOST_WORDS) ?? 20,
    pool: parsePool(values.pool ?? 'process'),
    workers: parseCount('workers', values.workers, MOST_WORKERS),
    help: values.help ?? false,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        top: { type: 'string' },
        pool: { type: 'string' },
        workers: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
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

function parseCount(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= most) return count
  throw new UsageError(`--${name} takes a whole number from 1 to ${most}, not '${text}'`)
}

function parsePool(text: string): PoolName {
  const name = POOL_NAMES.find((one) => one === text)
  if (name !== undefined) return name
  throw new UsageError(`--pool takes ${POOL_NAMES.join(', ')}, not '${text}'`)
}
