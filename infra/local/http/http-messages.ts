import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpRequest } from './http-event.ts'
import type { HttpResponse } from './http-response.ts'

/** Reads a request; the body at most up to one byte over the limit. */
export const readRequest = async (message: IncomingMessage, maxBodySize: number): Promise<HttpRequest> => {
  const [path = '/', ...query] = (message.url ?? '/').split('?')
  const { remoteAddress = '127.0.0.1' } = message.socket
  return {
    method: message.method ?? 'GET',
    path,
    query: query.join('?'),
    headers: message.headersDistinct as Record<string, string[]>,
    body: await readBody(message, maxBodySize + 1),
    sourceIp: remoteAddress,
  }
}

export const readBody = async (message: IncomingMessage, most: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let left = most
  // The connection must survive an unread rest of the body, as a response follows.
  for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, left))
    left -= chunk.length
    if (left <= 0) break
  }
  return Buffer.concat(chunks)
}

export const writeResponse = (response: ServerResponse, { status, headers, body }: HttpResponse): void => {
  const bodiless = status === 204 || status === 304
  response.writeHead(status, {
    ...(headers as Record<string, string | string[]>),
    ...(!bodiless && { 'content-length': body.length }),
  })
  response.end(bodiless ? undefined : body)
}
