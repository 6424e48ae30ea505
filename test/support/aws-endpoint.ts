import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface AwsRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown
}

/** How the endpoint handles a request: respond, never respond, or close the connection. */
export type AwsAnswer =
  | { readonly status: number; readonly body: object; readonly errorType?: string }
  | 'silence'
  | 'reset'

/** A local endpoint that responds to the SDK as the test defines, and records the requests. */
export const startAwsEndpoint = async (answerTo: (request: AwsRequest, index: number) => AwsAnswer) => {
  const requests: AwsRequest[] = []
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const sent = await text(incoming)
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: parse(sent),
      }
      const answer = answerTo(request, requests.push(request) - 1)
      if (answer === 'silence') return
      if (answer === 'reset') return incoming.socket.destroy()
      outgoing.writeHead(answer.status, {
        'content-type': 'application/json',
        ...(answer.errorType && { 'x-amzn-errortype': answer.errorType }),
      })
      outgoing.end(JSON.stringify(answer.body))
    })()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    requests,
    /** Options for an SDK client. */
    settings: { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
    stop: () => {
      server.closeAllConnections()
      return new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

const parse = (sent: string): unknown => {
  try {
    return JSON.parse(sent)
  } catch {
    return sent
  }
}
