import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { AwsFault } from './aws-fault.ts'
import { parseJson, send, targetOf } from './json-protocols.ts'
import type { Authorize, Service } from './service.ts'

/** Proxies allowed calls to another DynamoDB endpoint and returns its responses unchanged. */
export const dynamoDbService = (options: {
  readonly url: string
  readonly region: string
  readonly authorize: Authorize
}): Service & { stop(): void } => {
  const agent = new Agent({ keepAlive: true, keepAliveMsecs: 10_000 })
  const target = new URL(options.url)
  // One fixed access key for all callers: DynamoDB Local keeps a separate database for each.
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20260101/${options.region}/dynamodb/aws4_request, SignedHeaders=host, Signature=local`

  const forward = (headers: IncomingMessage['headers'], body: Buffer): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const forwarded = httpRequest(target, {
        method: 'POST',
        agent,
        headers: {
          'content-type': headers['content-type'],
          'content-length': body.length,
          'x-amz-target': headers['x-amz-target'],
          authorization,
        },
      })
      forwarded.once('response', resolve)
      forwarded.once('error', reject)
      forwarded.end(body)
    })

  return {
    unknownCaller: 'UnrecognizedClientException',
    async handle({ request, response, principal }) {
      const body = await buffer(request)
      options.authorize('dynamodb', targetOf(request), parseJson(body), principal)
      const answer = await forward(request.headers, body).catch((cause: Error) => {
        throw new AwsFault('InternalServerError', `DynamoDB can't be reached: ${cause.message}`, 500)
      })
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      await pipeline(answer, response)
    },
    refuse(response, { code, message, status }) {
      const headers = { 'content-type': 'application/x-amz-json-1.0' }
      send(response, status, headers, JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message }))
    },
    stop: () => agent.destroy(),
  }
}
