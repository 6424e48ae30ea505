import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpAnswer } from './http-answer.ts'
import type { HttpRequest } from './http-event.ts'

/** Reads a request to its end, but not more than one byte over the limit of its body. */
export const readRequest = async (message: IncomingMessage, largestBody: number): Promise<HttpRequest> => {
  const [path = '/', ...query] = (message.url ?? '/').split('?')
  return {
    method: message.method ?? 'GET',
    path,
    query: query.join('?'),
    headers: message.headersDistinct as Record<string, string[]>,
    body: await readBody(message, largestBody + 1),
    sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
  }
}

export const readBody = async (message: IncomingMessage, most: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let left = most
  for await (const chunk of message as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, left))
    left -= chunk.length
    if (left <= 0) break
  }
  return Buffer.concat(chunks)
}

export const writeAnswer = (response: ServerResponse, { status, headers, body }: HttpAnswer): void => {
  const bodiless = status === 204 || status === 304
  response.writeHead(status, {
    ...(headers as Record<string, string | string[]>),
    ...(!bodiless && { 'content-length': body.length }),
  })
  response.end(bodiless ? undefined : body)
}
