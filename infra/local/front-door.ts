import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StartUpError } from './start-up-error.ts'

type Answering = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** The port that people and programs use; open from the start, so that a taken port is known at once. */
export interface FrontDoor {
  /** `http://localhost:PORT` */
  readonly url: string
  /** Who answers from now on; before, everything is told to come back. */
  answerWith(answering: Answering): void
  stop(): Promise<void>
}

/** Listens on loopback alone, by IPv4 and, where the machine has it, IPv6. Throws StartUpError if the port is taken. */
export const openFrontDoor = async (port: number, log: (line: string) => void): Promise<FrontDoor> => {
  let answering: Answering = async (_, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end('The local run is starting.\n')
  }
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answering(request, response).catch((error: Error) => {
      log(`${request.method} ${request.url}: ${error.stack}`)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  }
  const first = await listen(createServer(handle), '127.0.0.1', port)
  const servers = [first.server]
  try {
    servers.push((await listen(createServer(handle), '::1', first.port)).server)
  } catch (error) {
    if (error instanceof StartUpError) {
      first.server.close()
      throw error
    }
    // No IPv6 on this machine: nothing is lost.
  }
  return {
    url: `http://localhost:${first.port}`,
    answerWith(next) {
      answering = next
    },
    stop: async () => {
      await Promise.all(servers.map(close))
    },
  }
}

const listen = (server: Server, host: string, port: number): Promise<{ server: Server; port: number }> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(reasonOf(error, port)))
    server.listen(port, host, () => resolve({ server, port: (server.address() as AddressInfo).port }))
  })

const reasonOf = (error: NodeJS.ErrnoException, port: number): Error => {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartUpError(`Port ${port} is taken: stop what listens there, or choose another with PORT=…`)
    case 'EACCES':
      return new StartUpError(`Port ${port} is not for everybody to listen on: choose one from 1024 on with PORT=…`)
    default:
      return error
  }
}

const close = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
