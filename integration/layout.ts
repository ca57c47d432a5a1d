import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Consumer } from './consumer.ts'

/** One way in which package managers lay out what a project depends on. */
export interface Layout {
  readonly name: string
  /** Installs what `dependencies` asks for. */
  install(consumer: Consumer, dependencies: Record<string, string>): Promise<void>
  /** Runs a program of the project on the Node that runs the tests. */
  node(consumer: Consumer, program: string): Promise<string>
}

const manifest = { name: 'consumer', version: '1.0.0', private: true, type: 'module' }
const yarn = fileURLToPath(import.meta.resolve('@yarnpkg/cli-dist/bin/yarn.js'))
const plainNode: Layout['node'] = (consumer, program) => consumer.run(process.execPath, [program])

/** npm's: everything side by side in one folder. */
export const npm: Layout = {
  name: 'npm, flat',
  async install(consumer, dependencies) {
    consumer.write('package.json', { ...manifest, dependencies })
    await consumer.run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'])
  },
  node: plainNode,
}

/** pnpm's, at its strictest: a package sees what its own manifest names and nothing else. */
export const pnpm: Layout = {
  name: 'pnpm, strict',
  async install(consumer, dependencies) {
    consumer.write('package.json', { ...manifest, dependencies })
    // The folder of packages that a project may have beside its own.
    consumer.write('pnpm-workspace.yaml', { hoist: false, packages: ['packages/*'] })
    const npx = ['--prefer-offline', '-y', 'pnpm@12.21.0']
    await consumer.run('npx', [...npx, 'install', '--no-frozen-lockfile', '--prefer-offline'])
  },
  node: plainNode,
}

/** yarn's `node_modules`. */
export const yarnNodeModules: Layout = {
  name: 'yarn, node_modules',
  install: (consumer, dependencies) => installWithYarn(consumer, dependencies, 'node-modules'),
  node: plainNode,
}

/** yarn's Plug'n'Play: no folder at all, and a loader that allows only what a manifest names. */
export const yarnPlugAndPlay: Layout = {
  name: "yarn, Plug'n'Play",
  install: (consumer, dependencies) => installWithYarn(consumer, dependencies, 'pnp'),
  node: (consumer, program) => consumer.run(process.execPath, [yarn, 'node', program]),
}

async function installWithYarn(consumer: Consumer, dependencies: Record<string, string>, nodeLinker: string) {
  consumer.write('package.json', { ...manifest, dependencies, resolutions: exactVersions() })
  // An empty lockfile makes the folder a project of its own.
  consumer.write('yarn.lock', '')
  consumer.write('.yarnrc.yml', { nodeLinker, enableTelemetry: false, enableImmutableInstalls: false })
  const registry = await consumer.run('npm', ['config', 'get', 'registry'])
  await consumer.run(process.execPath, [yarn, 'install'], {
    YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''),
  })
}

/** All that core depends on, each at the version of this workspace: an exact version is found in yarn's cache offline. */
function exactVersions(): Record<string, string> {
  const found: Record<string, string> = {}
  const visit = (folder: string): void => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    for (const name of Object.keys(dependencies)) {
      const dependency = installedFolder(name, folder)
      found[name] = JSON.parse(readFileSync(join(dependency, 'package.json'), 'utf8')).version
      visit(dependency)
    }
  }
  visit(join(import.meta.dirname, '../packages/core'))
  return found
}

function installedFolder(name: string, from: string): string {
  const lookup = createRequire(join(from, 'package.json')).resolve.paths(name) ?? []
  const found = lookup.map((folder) => join(folder, name)).find((folder) => existsSync(folder))
  if (found === undefined) throw new Error(`${name} is not installed, though ${from} depends on it`)
  return realpathSync(found)
}
