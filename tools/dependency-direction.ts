import ts from 'typescript'
import type { SourceFile } from './tracked-files.ts'

const contract = ['@taskspace/core/backend']
const engine = ['@taskspace/core', '@taskspace/core/pool']
const application = ['@taskspace/core']

/** What each package may import of the others. A package that is not listed may not exist. */
const allowedImports: Readonly<Record<string, readonly string[]>> = {
  core: [],
  memory: contract,
  redis: contract,
  postgres: contract,
  'thread-pool': engine,
  'process-pool': engine,
  cli: application,
  dashboard: application,
  testing: [...contract, ...engine, '@taskspace/memory'],
}

/** Core runs wherever JavaScript runs tasks; workers belong to the pools. */
const forbiddenInCore = /^(node:)?(worker_threads|child_process|cluster)$/

/** The files that may import a module whose name is only known at run time: the backend a URL asks for, a user's tasks. */
const loaders: ReadonlySet<string> = new Set([
  'packages/core/src/backend-loader.ts',
  'packages/core/src/pool/isolated/load-module.ts',
])

/** Says of each import in `packages/NAME/src` that points the wrong way what is wrong with it. */
export function importsInWrongDirection(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const name = /^packages\/([^/]+)\/src\//.exec(file.path)?.[1]
    if (name === undefined) return []
    if (!Object.hasOwn(allowedImports, name)) return [`${file.path}: no rule says what package '${name}' may import`]
    return importsOf(file).flatMap((specifier) => {
      const complaint = complaintAbout(specifier, name, file.path)
      return complaint === undefined ? [] : [`${file.path}: ${complaint}`]
    })
  })
}

/** Says of each `@taskspace` package that the manifest of `packages/NAME` asks for and may not import, so. */
export function dependenciesInWrongDirection(name: string, manifest: Manifest): string[] {
  const allowed = new Set((allowedImports[name] ?? []).map((specifier) => specifier.split('/', 2).join('/')))
  const asked = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
  return asked
    .filter((dependency) => dependency.startsWith('@taskspace/') && !allowed.has(dependency))
    .map((dependency) => `packages/${name}/package.json: depends on ${dependency}`)
}

/** The parts of a package.json that say what is installed with the package. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const computed = Symbol('a specifier that is not a literal')
type Specifier = string | typeof computed

function complaintAbout(specifier: Specifier, name: string, path: string): string | undefined {
  if (specifier === computed) {
    return loaders.has(path) ? undefined : 'imports a module by a computed name'
  }
  if (specifier.startsWith('.')) {
    return leavesPackage(specifier, path) ? `reaches out of its package with '${specifier}'` : undefined
  }
  if (name === 'core' && forbiddenInCore.test(specifier)) return `imports '${specifier}', which is for pools`
  if (!specifier.startsWith('@taskspace/')) return undefined
  return allowedImports[name]?.includes(specifier) ? undefined : `imports '${specifier}'`
}

function leavesPackage(specifier: string, path: string): boolean {
  const [packages, name, src] = path.split('/')
  const target = new URL(specifier, `file:///${path}`).pathname
  return !target.startsWith(`/${packages}/${name}/${src}/`)
}

function importsOf(file: SourceFile): Specifier[] {
  const found: Specifier[] = []
  const visit = (node: ts.Node): void => {
    const argument = specifierOf(node)
    if (argument !== undefined) found.push(ts.isStringLiteralLike(argument) ? argument.text : computed)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest))
  return found
}

/** The node that names the module, if `node` imports one in any of the ways there are. */
function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument
  if (!ts.isCallExpression(node)) return undefined
  const { expression } = node
  const imports = expression.kind === ts.SyntaxKind.ImportKeyword
  const requires = ts.isIdentifier(expression) && expression.text === 'require'
  return imports || requires ? node.arguments[0] : undefined
}
