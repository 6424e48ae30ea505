import { createHmac, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartUpError } from './start-up-error.ts'

/** Locks the folder for this process, creating it if necessary; returns the function that unlocks it. Throws StartUpError. */
export const lockDataFolder = (folder: string): (() => void) => {
  const owner = join(folder, 'owner')
  try {
    mkdirSync(folder, { recursive: true })
    if (taken.has(folder) || isAlive(readOr(owner, '')))
      throw new StartUpError(`Another local run uses the folder ${folder}.`)
    writeFileSync(owner, String(process.pid))
    taken.add(folder)
  } catch (cause) {
    if (cause instanceof StartUpError) throw cause
    throw new StartUpError(`The folder ${folder} cannot be used: ${(cause as Error).message}`, { cause })
  }
  return () => {
    taken.delete(folder)
    rmSync(owner, { force: true })
  }
}

/** Folders in use by this process. */
const taken = new Set<string>()

/** A process id equal to our own was left by an earlier run: in a container, process ids start anew. */
const isAlive = (pid: string): boolean => {
  if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false
  try {
    return process.kill(Number(pid), 0)
  } catch {
    return false
  }
}

/**
 * Generates the secrets that CloudFormation would generate at the first deployment: 64 hex digits derived from the
 * secret's ARN. They are stable for a data folder, and new in every run without one.
 */
export const secretGenerator = (folder?: string): ((arn: string) => string) => {
  const seed = folder ? storedSeed(join(folder, 'secret-seed')) : newSeed()
  return (arn) => createHmac('sha256', seed).update(arn).digest('hex')
}

const newSeed = () => randomBytes(32).toString('hex')

const storedSeed = (file: string): string => {
  const kept = readOr(file, '')
  if (kept !== '') return kept
  const seed = newSeed()
  writeFileSync(file, seed, { mode: 0o600 })
  return seed
}

const readOr = (file: string, fallback: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return fallback
  }
}
