import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below the range of ephemeral ports (Linux: from 32768, others: from 49152, RFC 6335 section 6), so that the system
 * does not assign the port to another process before the caller listens on it.
 */
const lowest = 20_000
const highest = 32_767
const attempts = 100

/** A TCP port of the loopback interface, free on IPv4 and IPv6 at the time of the check. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(lowest, highest + 1)
    if ((await isFree(port, '127.0.0.1')) && (await isFree(port, '::1'))) return port
  }
  throw new Error(`None of ${attempts} ports from ${lowest} to ${highest} is free`)
}

const isFree = (port: number, host: string) =>
  new Promise<boolean>((resolve) => {
    const probe = createServer()
    // Without IPv6 on this machine, nobody can listen there.
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })
