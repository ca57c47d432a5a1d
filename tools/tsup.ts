import { defineConfig } from 'tsup'

/** How every published package is built: ES modules and declarations in `dist`, for Node 20 and later; scripts for stores become text. */
export function library(entry: string[]) {
  return defineConfig({
    entry,
    format: ['esm'],
    dts: true,
    sourcemap: true,
    clean: true,
    target: 'node20',
    platform: 'node',
    loader: { '.lua': 'text', '.sql': 'text' },
  })
}
