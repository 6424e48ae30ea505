import { basename, resolve } from 'node:path'

/**
 * A path as the person who typed it meant it: npm starts its scripts in the project's folder, and tells in INIT_CWD
 * where `npm run` was typed.
 */
export const resolveFromCwd = (path: string): string => {
  const { npm_lifecycle_event: script, INIT_CWD: typedIn } = process.env
  const isScript = script !== undefined && script === basename(process.argv[1] ?? '', '.ts')
  return resolve(isScript && typedIn ? typedIn : process.cwd(), path)
}
