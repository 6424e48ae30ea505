import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { freePort } from './free-port.ts'
import { StartUpError } from './start-up-error.ts'

type Answering = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** The HTTP server of the local run; listens from the start, so that a port conflict shows at once. */
export interface LocalServer {
  /** `http://localhost:PORT` */
  readonly url: string
  /** Sets the handler; until then every request is answered 503 with `Retry-After`. */
  answerWith(answering: Answering): void
  stop(): Promise<void>
}

/**
 * Listens on loopback only, on IPv4 and, if available, IPv6; port 0 selects a free port. Throws StartUpError if the port
 * is taken.
 */
export const openLocalServer = async (wanted: number, log: (line: string) => void): Promise<LocalServer> => {
  const port = wanted === 0 ? await freePort() : wanted
  let answering: Answering = async (_, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end('The local run is starting.\n')
  }
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answering(request, response).catch((error: Error) => {
      // Without the query: a token may stand there.
      log(`${request.method} ${request.url?.replace(/\?.*/s, '')}: ${error.stack}`)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  }
  const servers = [await listen(createServer(handle), '127.0.0.1', port)]
  try {
    servers.push(await listen(createServer(handle), '::1', port))
  } catch (error) {
    if (error instanceof StartUpError) {
      await Promise.all(servers.map(close))
      throw error
    }
    // No IPv6 on this machine, which is fine.
  }
  return {
    url: `http://localhost:${port}`,
    answerWith(next) {
      answering = next
    },
    stop: async () => {
      await Promise.all(servers.map(close))
    },
  }
}

/** Node's five seconds are short where a machine is busy: clients wrote into connections that were being closed. */
const keepAliveMilliseconds = 65_000

const listen = (server: Server, host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    server.keepAliveTimeout = keepAliveMilliseconds
    server.once('error', (error: NodeJS.ErrnoException) => reject(reasonOf(error, port)))
    server.listen(port, host, () => resolve(server))
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
