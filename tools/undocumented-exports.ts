import ts from 'typescript'
import type { SourceFile } from './tracked-files.ts'

/** The names that a source of `packages/NAME/src` exports from its own text without a docstring, as `path: name`. */
export function undocumentedExports(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file.path))
    .flatMap((file) => undocumentedNames(file).map((name) => `${file.path}: ${name}`))
}

function undocumentedNames(file: SourceFile): string[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true)
  const exported = source.statements.filter(isExportedDeclaration)
  const documented = new Set(exported.filter(isDocumented).flatMap(namesOf))
  // Overloads share a name, and one docstring.
  return [...new Set(exported.flatMap(namesOf))].filter((name) => !documented.has(name))
}

function isExportedDeclaration(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : []
  return modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)
}

function isDocumented(statement: ts.Statement): boolean {
  return ts.getJSDocCommentsAndTags(statement).some((doc) => ts.isJSDoc(doc) && doc.comment !== undefined)
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText())
  const { name } = statement as ts.DeclarationStatement
  return name === undefined ? [] : [name.getText()]
}
