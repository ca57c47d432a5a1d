import { fileURLToPath } from 'node:url'
import type { Codec } from '../../codec/codec.ts'
import { InvalidArgument } from '../../errors/usage-errors.ts'
import { isTaskSpace } from '../../tasks/task-space.ts'

/** What a module of tasks gives. */
export interface LoadedModule {
  /** Everything to expose, in the order in which it is to be. */
  readonly tasks: readonly object[]
  /** The codec that it exports, if it does. */
  readonly codec: Codec | undefined
}

/** Ends of files that only Node versions which strip types can load. */
const TYPESCRIPT = /\.m?ts$/

/**
 * Load a user's module: its exports that are `TaskSpace`s, and what its default export gives if that is a function (it is
 * called with `args`; it may return a space, an array or object of them, or a function, also as a promise).
 *
 * @throws InvalidArgument if it has no tasks, or is TypeScript that this Node cannot load; what the module throws.
 */
export async function loadModule(url: string, args: readonly unknown[]): Promise<LoadedModule> {
  const exported = await importModule(url)
  const { default: init, codec } = exported
  const spaces = [...new Set(Object.values(exported))].filter(isTaskSpace)
  if (typeof init !== 'function') {
    if (args.length > 0) throw unusable(url, 'has no default function to give the args to')
    if (spaces.length === 0) throw unusable(url, 'exports neither a TaskSpace nor a default function that gives one')
  }
  const made: unknown = typeof init === 'function' ? await init(...args) : undefined
  const tasks = [...(spaces.length > 0 ? [spaces] : []), ...(isThing(made) ? [made] : [])]
  if (tasks.length === 0) throw unusable(url, 'exports no TaskSpace, and its default function gives none')
  return { tasks, codec: isCodec(codec) ? codec : undefined }
}

/** What a module exports. @throws InvalidArgument if it is TypeScript that this Node cannot load; what the module throws. */
export async function importModule(url: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(url)) as Readonly<Record<string, unknown>>
  } catch (error) {
    if (TYPESCRIPT.test(url) && isTypeProblem(error)) throw needsBuild(url, error)
    throw error
  }
}

function isTypeProblem(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null)?.code
  return (
    code === 'ERR_UNKNOWN_FILE_EXTENSION' ||
    code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' ||
    code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING'
  )
}

function needsBuild(url: string, cause: unknown): InvalidArgument {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return unusable(url, `is TypeScript that Node ${process.version} cannot load: build it to JavaScript (${reason})`)
}

function unusable(url: string, reason: string): InvalidArgument {
  return new InvalidArgument('module', `invalid module: ${shownUrl(url)} ${reason}`)
}

function shownUrl(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url
}

function isThing(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function isCodec(value: unknown): value is Codec {
  return isThing(value) && typeof (value as Partial<Codec>).decodeArguments === 'function'
}
