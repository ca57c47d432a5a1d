// The main job: counts the words of real files, one job a file, and merges the tables by a tree of jobs whose arguments
// are the Deferreds of others. A file that cannot be read fails its own job; the rest still completes.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { parseOptions, USAGE, UsageError } from './options.ts'
import { progressView } from './progress.ts'
import { report } from './report.ts'
import { countWords } from './word-count.ts'

const COUNTED_ALL = 0
const SOME_FAILED = 1
const WRONG_USE = 2
const INTERRUPTED = 130

// npm runs scripts in the root of the repository; people mean the folder they are in.
const folder = process.env.INIT_CWD ?? process.cwd()
const repository = join(import.meta.dirname, '..', '..')

/** Run the program; gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { paths, top, help, pool, workers } = parseOptions(args, folder, repository)
  if (help) return say(USAGE)

  const interrupt = new AbortController()
  const view = progressView(process.stderr)
  // A second Ctrl-C finds no listener any more, and ends the program at once.
  process.once('SIGINT', () => interrupt.abort())
  view.announce('Looking for files')
  let done = 0
  let files = 0
  try {
    const { total, cost } = await countWords({
      url: `memory:word-count-${randomUUID()}`,
      ...{ paths, folder, pool, workers },
      signal: interrupt.signal,
      onProgress: (progress) => {
        ;({ done, files } = progress)
        view.show(progress)
      },
    })
    view.clear()
    say(report(total, cost, top))
    return total.failed === 0 ? COUNTED_ALL : SOME_FAILED
  } catch (error) {
    if (error !== interrupt.signal.reason) throw error
    view.clear()
    console.error(`Stopped after ${done} of ${files} files.`)
    return INTERRUPTED
  }
}

function say(text: string): number {
  console.log(text)
  return COUNTED_ALL
}

/** The reader of our output may leave early, as `head` does: that is no failure. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit()
}

process.stdout.on('error', leaveQuietly)
process.stderr.on('error', leaveQuietly)

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`word count: ${error.message}; --help tells more`)
  process.exitCode = WRONG_USE
}
