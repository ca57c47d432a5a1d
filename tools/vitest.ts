import { defineConfig } from 'vitest/config'
import type { InlineConfig } from 'vitest/node'

const conditions = ['@taskspace/source']

/**
 * How every package is tested: against the sources of the workspace, so that no build is needed.
 * The report in `.vitest` is what the counts of a whole run are made of.
 */
export function suite(name: string, options: InlineConfig = {}) {
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: ['test/**/*.test.ts'],
      reporters: ['default', ['json', { outputFile: '.vitest/report.json' }]],
      ...options,
    },
  })
}
