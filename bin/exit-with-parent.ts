import { readFileSync } from 'node:fs'

const lookEvery = 250

/**
 * Calls `end` once the parent process or (on Linux) the grandparent has exited. npm runs scripts in a shell: on SIGTERM
 * it ends the shell, which does not forward the signal, and if npm is killed both remain. A SIGINT sent only to npm has
 * no effect, as the shell waits; Ctrl-C, which reaches all of them, is not affected.
 */
export const exitWithParent = (end: () => void): void => {
  const parent = process.ppid
  const grandparent = parentOf(parent)
  const look = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === grandparent) return
    clearInterval(look)
    end()
  }, lookEvery)
  look.unref()
}

/** Undefined if the system has no such file or the process has exited. */
const parentOf = (pid: number): string | undefined => {
  try {
    return /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}
