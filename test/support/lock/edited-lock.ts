import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { applyingEdits } from '../source-edits.ts'
import { type BrokenEdit, brokenEdits } from './broken-edits.ts'
import { type Lock, type LockParts, passwordLock } from './lock.ts'

const project = join(import.meta.dirname, '../../..')

/** The deployed lock with one edit, built from the current sources, so that the mutants always match them. */
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
        export * from './shared/adapters/dynamo/failed-attempts.ts'`,
      resolveDir: project,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    write: false,
    plugins: [applyingEdits(brokenEdits[name])],
  })
  // Within the project, so that module resolution finds its packages.
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
