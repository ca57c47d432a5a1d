import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import type { InlineConfig } from 'vitest/node'
import { UnhandledReport } from './unhandled-report.ts'

const conditions = ['@taskspace/source']

// Threads and programs that tests start load the sources by themselves: compiled once for all, that takes a quarter.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/node-compile-cache', import.meta.url))

/** Scripts for stores are imported as text, as in what is published. */
const scriptsAsText = {
  name: 'scripts-as-text',
  enforce: 'pre' as const,
  load(id: string): string | undefined {
    return /\.(?:lua|sql)$/.test(id) ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined
  },
}

/**
 * How every package is tested: against the sources of the workspace, so that no build is needed.
 * The reports in `.vitest` are what the counts of a whole run are made of.
 */
export function suite(name: string, options: InlineConfig = {}) {
  return defineConfig({
    plugins: [scriptsAsText],
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: ['test/**/*.test.ts'],
      reporters: [
        'default',
        ['json', { outputFile: '.vitest/report.json' }],
        new UnhandledReport('.vitest/unhandled.json'),
      ],
      ...options,
    },
  })
}
