import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const workspace = join(import.meta.dirname, '..')
const execute = promisify(execFile)

/** A project outside the workspace, as a user of the published packages has one. */
export class Consumer {
  /** The project's folder, somewhere in the system's temporary folder. */
  readonly folder: string

  constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `taskspace-${name}-`))
  }

  /** Writes one file of the project; anything but a string is written as JSON. */
  write(path: string, content: unknown): void {
    const file = join(this.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  }

  /** Copies a program of `integration/programs` into the project, or a folder of it. */
  copyProgram(name: string, folder = '.'): void {
    this.write(join(folder, name), readFileSync(join(import.meta.dirname, 'programs', name), 'utf8'))
  }

  /**
   * Runs a command in the project until it ends by itself, at most two minutes.
   *
   * @returns what it printed
   * @throws if it fails; the cause holds what it printed
   */
  async run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    try {
      const { stdout } = await execute(command, args, {
        cwd: this.folder,
        env: { ...foreignEnvironment(), ...env },
        timeout: 120_000,
        maxBuffer: 16 * 1024 * 1024,
      })
      return stdout.trim()
    } catch (error) {
      throw new Error(`${command} ${args.join(' ')} failed in ${this.folder}`, { cause: error })
    }
  }

  /** Deletes the project. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/**
 * What a manifest says to install packages of this workspace from their tarballs.
 *
 * @throws if a tarball is missing: `nx run-many -t pack` makes them
 */
export function fromTarballs(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const tarball = join(workspace, 'packages', name, 'package.tgz')
      if (!existsSync(tarball)) throw new Error(`${tarball} is missing: run npx nx run-many -t pack`)
      return [`@taskspace/${name}`, `file:${tarball}`]
    }),
  )
}

/** The environment less what the scripts of this workspace add to it, and above all where they look for packages. */
function foreignEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(NODE_PATH|NODE_OPTIONS|NODE_ENV|INIT_CWD|VITEST.*|NX_.*|npm_package_.*|npm_lifecycle_.*)$/
  const ofThisFolder = /^npm_config_(local_prefix|prefix|global_prefix)$/
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ours.test(name) && !ofThisFolder.test(name)),
  )
}
