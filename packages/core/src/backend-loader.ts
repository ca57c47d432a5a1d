import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BackendModule } from './backend/backend-module.ts'
import { invalidBrokerUrl } from './broker-url.ts'
import { BackendMissing } from './errors/usage-errors.ts'

/** The package of each URL scheme. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['memory', '@taskspace/memory'],
  ['redis', '@taskspace/redis'],
  ['rediss', '@taskspace/redis'],
  ['postgres', '@taskspace/postgres'],
  ['postgresql', '@taskspace/postgres'],
  ['pglite', '@taskspace/postgres'],
])

/** Imports a module by its specifier; a test can give another. */
export type ImportModule = (specifier: string) => Promise<unknown>

/** Path of a package as a file sees it, `undefined` if it sees none; a test can give another. */
export type ResolvePackage = (from: string, name: string) => string | undefined

/**
 * The backend of a URL, from the package that its scheme names: as this package sees it, else as the application does. A
 * bundled program has neither: it hands `new Broker(…)` a queue of its own.
 *
 * @throws InvalidBrokerUrl for an unknown scheme; BackendMissing naming the package to install, be it the backend's or
 * one that the backend needs.
 */
export async function loadBackend(
  scheme: string,
  url: string,
  importModule: ImportModule = importByName,
  resolvePackage: ResolvePackage = resolvedFrom,
): Promise<BackendModule> {
  const name = PACKAGES.get(scheme)
  if (name === undefined) throw invalidBrokerUrl(url)
  const loaded = await importFromHere(name, importModule, resolvePackage)
  if (isBackend(loaded)) return loaded
  throw new BackendMissing(`${name} is no backend: it does not export createTaskQueue; update it`)
}

async function importFromHere(
  name: string,
  importModule: ImportModule,
  resolvePackage: ResolvePackage,
): Promise<unknown> {
  try {
    return await importModule(name)
  } catch (error) {
    if (missingPackage(error) !== name) throw explained(error, name)
    const path = pathSeenByApplication(name, resolvePackage)
    if (path === undefined) {
      throw new BackendMissing(`this broker URL needs ${name}: install ${name}`, { cause: error })
    }
    return importFromApplication(name, path, importModule)
  }
}

function pathSeenByApplication(name: string, resolvePackage: ResolvePackage): string | undefined {
  for (const from of [process.argv[1], join(process.cwd(), 'package.json')]) {
    const path = from === undefined ? undefined : resolvePackage(from, name)
    if (path !== undefined) return path
  }
  return undefined
}

async function importFromApplication(name: string, path: string, importModule: ImportModule): Promise<unknown> {
  try {
    return await importModule(pathToFileURL(path).href)
  } catch (error) {
    throw explained(error, name)
  }
}

function resolvedFrom(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name)
  } catch {
    return undefined
  }
}

/** A backend that is there, but lacks a package of its own, names that. */
function explained(error: unknown, name: string): unknown {
  const missing = missingPackage(error)
  if (missing === undefined) return error
  return new BackendMissing(`${name} needs ${missing}: install ${missing}`, { cause: error })
}

/** Node says which package it did not find in one way, the loader of yarn's Plug'n'Play in another. */
function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code } = error as NodeJS.ErrnoException
  // Not a path: that is a package which is there, but broken.
  if (code === 'ERR_MODULE_NOT_FOUND') return /package '((?:@[\w.-]+\/)?[\w.-]+)'/.exec(error.message)?.[1]
  if (code === 'MODULE_NOT_FOUND') return / tried to access ((?:@[\w.-]+\/)?[\w.-]+?),? /.exec(error.message)?.[1]
  return undefined
}

function isBackend(loaded: unknown): loaded is BackendModule {
  return typeof (loaded as Partial<BackendModule>).createTaskQueue === 'function'
}

function importByName(specifier: string): Promise<unknown> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ specifier)
}
