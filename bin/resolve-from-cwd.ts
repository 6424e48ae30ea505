import { basename, resolve } from 'node:path'

/**
 * Resolves a path relative to the folder in which the command was typed: npm runs scripts in the project's folder and
 * passes the original folder in INIT_CWD.
 */
export const resolveFromCwd = (path: string): string => {
  const { npm_lifecycle_event: script, INIT_CWD: typedIn } = process.env
  const isScript = script !== undefined && script === basename(process.argv[1] ?? '', '.ts')
  return resolve(isScript && typedIn ? typedIn : process.cwd(), path)
}
