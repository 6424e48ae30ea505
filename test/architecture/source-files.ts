import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, posix, sep } from 'node:path'
import { type ParseOptions, parse } from '@swc/core'

export const projectFolder = join(import.meta.dirname, '../..')

/** Paths of all files below a folder of the project with this ending, as `shared/domain/time.ts`. */
export const filesBelow = (folder: string, ending: string, project = projectFolder): string[] =>
  readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => posix.join(folder, path.split(sep).join('/')))
    .toSorted()

/** The imports of a source file. */
export interface SourceFile {
  readonly path: string
  readonly imports: readonly Import[]
  /** Whether it reads `process.env`. */
  readonly readsEnvironment: boolean
  /** Names after a dot, and those that are taken out of an object: `verify` of `hasher.verify` and of `{ verify }`. */
  readonly membersUsed: ReadonlySet<string>
}

export interface Import {
  /** A file of the project (`shared/domain/time.ts`) or a package or Node module (`zod/mini`, `node:fs`). */
  readonly target: string
  /** Nothing but types, so nothing of it is there at run time. */
  readonly typeOnly: boolean
}

const syntax: ParseOptions = { syntax: 'typescript', target: 'es2024' }

/** The target of an import that only shows when it runs. */
const computed = '<computed>'

/** Reads static, dynamic, type and re-exporting imports alike. */
export const readSourceFile = async (path: string, project = projectFolder): Promise<SourceFile> => {
  const found: Import[] = []
  const membersUsed = new Set<string>()
  let readsEnvironment = false
  const add = (specifier: unknown, typeOnly: boolean) => {
    const { type, value: source } = specifier as Partial<Node>
    if (type !== 'StringLiteral' || typeof source !== 'string') found.push({ target: computed, typeOnly })
    else found.push({ target: source.startsWith('.') ? posix.join(posix.dirname(path), source) : source, typeOnly })
  }
  visit(await parse(await readFile(join(project, path), 'utf8'), syntax), (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        if (node.source) add(node.source, isTypeOnly(node))
        break
      case 'CallExpression': {
        const [first] = (node.arguments ?? []) as { expression: unknown }[]
        if ((node.callee as Node).type === 'Import') add(first?.expression, false)
        break
      }
      case 'TsImportType':
        add(node.argument, true)
        break
      case 'AssignmentPatternProperty':
      case 'KeyValuePatternProperty':
        membersUsed.add(String(valueOf(node.key)))
        break
      case 'MemberExpression':
        membersUsed.add(String(valueOf(node.property)))
        readsEnvironment ||= valueOf(node.object) === 'process' && valueOf(node.property) === 'env'
        break
    }
  })
  return { path, imports: found, readsEnvironment, membersUsed }
}

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

const visit = (value: unknown, onNode: (node: Node) => void): void => {
  if (typeof value !== 'object' || value === null) return
  if (typeof (value as Node).type === 'string') onNode(value as Node)
  for (const child of Object.values(value)) visit(child, onNode)
}

const isTypeOnly = ({ typeOnly, specifiers }: Node): boolean =>
  typeOnly === true ||
  (Array.isArray(specifiers) &&
    specifiers.length > 0 &&
    specifiers.every((specifier: { isTypeOnly?: boolean }) => specifier.isTypeOnly === true))

/** The name of an identifier, the text of a literal, also within brackets. */
const valueOf = (node: unknown): unknown => {
  const { value, expression } = node as Partial<Node>
  return value ?? (expression ? valueOf(expression) : undefined)
}
