import { Agent, request } from 'node:http'

/** A raw HTTP request, including ones that `fetch` would reject or normalize. */
export interface RawRequest {
  readonly method: string
  /** Percent-encoded path with query, sent as it is. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export interface RawResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
  /** The raw body, for binary responses. */
  readonly bytes?: Buffer
  readonly milliseconds: number
}

/** A client with connections to one service. */
export interface RawHttp {
  /** Rejects if the connection breaks before the response is complete. */
  send(request: RawRequest): Promise<RawResponse>
  close(): void
}

export const openRawHttp = (url: string, connections: number): RawHttp => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(url)
  return {
    send: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const began = performance.now()
        const bytes = body === undefined ? undefined : Buffer.from(body as string)
        const length = bytes && { 'content-length': String(bytes.length) }
        const sent = request({ agent, hostname, port, method, path, headers: { ...headers, ...length } }, (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.once('error', reject)
          answer.once('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              bytes: Buffer.concat(chunks),
              text: Buffer.concat(chunks).toString(),
              milliseconds: performance.now() - began,
            }),
          )
        })
        sent.once('error', reject)
        sent.end(bytes)
      }),
    close: () => agent.destroy(),
  }
}
