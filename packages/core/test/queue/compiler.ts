import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** One of the compilers that users have. */
export interface Compiler {
  readonly version: string
  readonly bin: string
}

/** The compilers that the types are promised to work with. */
export const COMPILERS: readonly Compiler[] = [
  { version: '5.9', bin: binOf('typescript-5.9', 'tsc') },
  { version: '6.0', bin: binOf('typescript', 'tsc6') },
  { version: '7.0', bin: binOf('@typescript/native', 'tsc') },
]

function binOf(packageName: string, bin: string): string {
  const { resolve } = createRequire(import.meta.url)
  return join(dirname(resolve(`${packageName}/package.json`)), 'bin', bin)
}

/** Run a compiler in a folder; resolves with all it printed, whether or not it found mistakes. */
export function compile(compiler: Compiler, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [compiler.bin, ...args], { cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      // A number is the exit code of a compiler that ran, and has printed what it found.
      if (error !== null && typeof error.code !== 'number') reject(error)
      else resolve(`${stdout}${stderr}`)
    })
  })
}
