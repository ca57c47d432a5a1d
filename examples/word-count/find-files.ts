import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What folders hold that nobody wrote: not looked into, unless asked for by its own path. */
const PASSED_OVER = new Set(['node_modules', 'dist', 'coverage', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock'])

/**
 * The files to count, each once: those given, and all below the folders given, but hidden ones, installed or built ones
 * and links.
 *
 * A path that cannot be looked at, and a folder that cannot be listed, stand in the list themselves, so that the job that
 * gets them fails with the reason. `paths` are absolute.
 */
export async function findFiles(paths: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const path of paths) {
    for await (const file of filesAt(path, signal)) found.add(file)
  }
  return [...found]
}

async function* filesAt(path: string, signal: AbortSignal): AsyncGenerator<string> {
  const status = await stat(path).catch(() => undefined)
  if (status?.isDirectory()) yield* filesBelow(path, signal)
  else yield path
}

async function* filesBelow(folder: string, signal: AbortSignal): AsyncGenerator<string> {
  signal.throwIfAborted()
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined)
  if (entries === undefined) {
    yield folder
    return
  }
  for (const entry of entries.filter(isWanted).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path, signal)
    else yield path
  }
}

function isWanted(entry: Dirent): boolean {
  if (entry.name.startsWith('.') || PASSED_OVER.has(entry.name)) return false
  return entry.isFile() || entry.isDirectory()
}
