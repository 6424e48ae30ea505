import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { type FunctionName, functionNames } from '../shared/contracts/environments.ts'

const project = fileURLToPath(new URL('..', import.meta.url))

/** What pdfkit gives browsers: the same, without the fonts and profiles that it would look for beside itself. */
const pdfkitWithoutFiles = join(project, 'node_modules', 'pdfkit', 'js', 'pdfkit.browser.mjs')

/** Gives the folder that holds a function's deployed code. */
export type FunctionFolders = (name: FunctionName) => string

/** `identity/log-in` as one word, as folders, functions and constructs are called. */
export const flatName = (name: FunctionName): string => name.replace('/', '-')

/**
 * Bundles every function with the parts of the SDK it uses, in one run of esbuild. The same sources give the same bytes.
 * CJS and no dynamic import: otherwise the SDK loads HTTP clients at the start that it never uses. No source maps: they
 * would double what a cold start reads, and a build of the same commit gives them back.
 */
export const bundleFunctions = (names: readonly FunctionName[] = functionNames): FunctionFolders => {
  const target = join(project, '.cache', 'functions')
  const { outputFiles } = buildSync({
    absWorkingDir: project,
    entryPoints: Object.fromEntries(names.map((name) => [`${flatName(name)}/index`, `functions/${name}/index.ts`])),
    outdir: target,
    write: false,
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    supported: { 'dynamic-import': false },
    // Files that code imports as bytes: a bundle is one script, and finds nothing beside it.
    loader: { '.ttf': 'binary' },
    alias: { pdfkit: pdfkitWithoutFiles },
    define: { 'import.meta.url': '"file:///bundled"' },
    logLevel: 'warning',
  })
  for (const file of outputFiles) replaceIfChanged(file.path, file.contents)
  for (const name of names) replaceIfChanged(join(target, flatName(name), 'package.json'), commonJs)
  return (name) => join(target, flatName(name))
}

/** One small folder in place of every bundle, for templates whose code nobody runs. */
export const stubFunctions = (): FunctionFolders => {
  const stub = join(project, '.cache', 'stub-function')
  replaceIfChanged(join(stub, 'index.js'), Buffer.from('exports.handler = async () => {}\n'))
  replaceIfChanged(join(stub, 'package.json'), commonJs)
  return () => stub
}

// Below a package of ES modules, Node would otherwise read the bundle as one.
const commonJs = Buffer.from('{"type":"commonjs"}\n')

/** Never leaves half a file: another synthesis may be reading the same folder. */
function replaceIfChanged(path: string, contents: Uint8Array): void {
  try {
    if (readFileSync(path).equals(contents)) return
  } catch {
    mkdirSync(dirname(path), { recursive: true })
  }
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, contents)
  renameSync(unfinished, path)
}
