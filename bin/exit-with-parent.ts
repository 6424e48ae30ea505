import { readFileSync } from 'node:fs'

const lookEvery = 250

/**
 * Calls `end` once the parent of this process is gone, or (on Linux) the parent's parent. npm runs a script in a shell;
 * ended by SIGTERM it ends the shell, which does not hand the signal on, and killed it leaves both behind. A SIGINT to
 * npm alone does nothing, as the shell waits: Ctrl-C, which goes to all of them, is not affected.
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

/** Undefined where the system has no such file, or the process is gone. */
const parentOf = (pid: number): string | undefined => {
  try {
    return /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}
