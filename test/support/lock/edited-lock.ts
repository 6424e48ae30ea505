import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { type BrokenEdit, brokenEdits, type Edit } from './broken-edits.ts'
import { type Lock, type LockParts, passwordLock } from './lock.ts'

const project = join(import.meta.dirname, '../../..')

/** The deployed lock with one thing broken, made of the sources as they are now: what they become, their mutants become too. */
export const editedLock = async (
  name: BrokenEdit,
  lockOf: (parts: LockParts) => Lock = passwordLock,
): Promise<Lock> => {
  const { outputFiles } = await build({
    absWorkingDir: project,
    stdin: {
      contents: `export * from './shared/protocols/secret-gate.ts'
        export * from './shared/protocols/password-gate.ts'
        export * from './shared/adapters/dynamo/sign-in-guards.ts'
        export * from './shared/adapters/dynamo/told-failures.ts'`,
      resolveDir: project,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    write: false,
    plugins: [applying(brokenEdits[name])],
  })
  // Within the project, so that its packages are found from there.
  const folder = join(project, '.cache/edited-locks')
  const path = join(folder, `${name.replace(/\W+/g, '-')}-${process.pid}.mjs`)
  await mkdir(folder, { recursive: true })
  await writeFile(path, outputFiles[0]?.contents ?? '')
  try {
    return lockOf((await import(path)) as LockParts)
  } finally {
    await rm(path)
  }
}

const applying = (edits: readonly Edit[]): Plugin => ({
  name: 'break-one-thing',
  setup({ onLoad, onEnd }) {
    const open = new Set(edits)
    onLoad({ filter: /\/shared\/.*\.ts$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8')
      for (const edit of edits) {
        if (!path.endsWith(edit.file)) continue
        if (contents.split(edit.right).length !== 2) {
          throw new Error(`${edit.file} no longer has, or has more than once: ${edit.right}`)
        }
        contents = contents.replace(edit.right, () => edit.wrong)
        open.delete(edit)
      }
      return { contents, loader: 'ts' }
    })
    onEnd(() => {
      if (open.size > 0) throw new Error(`not part of the lock: ${[...open].map(({ file }) => file).join()}`)
    })
  },
})
