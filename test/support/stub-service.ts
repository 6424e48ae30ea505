import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ImportAnswer, ReleaseAnswer } from '../../shared/contracts/operations-answers.ts'
import { type ProblemCode, problems } from '../../shared/contracts/problems.ts'

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly body: string
  /** Access key of the signature; undefined if the signature is invalid. */
  readonly signedBy: string | undefined
}

/** A stub of the operators' API over HTTP with configurable responses; it verifies every signature as AWS does. */
export const startStubService = async (secrets: Readonly<Record<string, string>>) => {
  const received: ReceivedRequest[] = []
  const state = {
    release: undefined as ReleaseAnswer | undefined,
    /** Responses to polling an import, in order; the last one repeats. */
    importAnswers: [] as (Omit<ImportAnswer, 'importId'> | ProblemCode | 'broken-off')[],
    /** The refusal of the next change of a release. */
    refusal: undefined as ({ code: ProblemCode } & Record<string, unknown>) | undefined,
  }

  const answerTo = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    const { method = '', url = '' } = request
    received.push({ method, path: url, body, signedBy: signerOf(request, body, secrets) })
    const answer = (status: number, json: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
    }
    const refuse = ({ code, ...more }: { code: ProblemCode } & Record<string, unknown>) => {
      const [status, title] = problems[code]
      answer(status, { code, title, status, requestId: 'request-1', ...more })
    }

    if (method === 'PUT') return response.end()
    if (url === '/bucket?key=errors') return response.end('line,column,reason\r\n2,exam,not in the catalogue\r\n')
    if (url === '/api/v1/ops/imports') return answer(201, { importId: 'import-1', uploadUrl: `${origin}/bucket?key=1` })
    if (url === '/api/v1/ops/imports/import-1') {
      const next = state.importAnswers.length > 1 ? state.importAnswers.shift() : state.importAnswers[0]
      if (next === 'broken-off') return request.socket.destroy()
      return typeof next === 'object'
        ? answer(200, { importId: 'import-1', ...next })
        : refuse({ code: next ?? 'unexpected' })
    }
    if (method === 'POST' && state.refusal) return refuse(state.refusal)
    if (url.startsWith('/api/v1/ops/releases')) {
      return state.release ? answer(200, state.release) : refuse({ code: 'no-such-release' })
    }
    // CloudFormation: the stack outputs of a stage.
    return response.end(
      `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>s</StackName><Outputs>
       <member><OutputKey>ApiUrl</OutputKey><OutputValue>${origin}/</OutputValue></member>
       </Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    )
  }
  const server = createServer((request, response) => void answerTo(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    origin,
    received,
    state,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export type StubService = Awaited<ReturnType<typeof startStubService>>

/** Verifies Signature Version 4 by its specification, independent of the signing library. */
const signerOf = (request: IncomingMessage, body: string, secrets: Readonly<Record<string, string>>) => {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/
  const [, accessKey, date, region, service, signedHeaders, signature] =
    pattern.exec(request.headers.authorization ?? '') ?? []
  const secret = secrets[accessKey ?? '']
  if (!secret || !date || !region || !service || !signedHeaders) return undefined

  const sha256 = (data: string) => createHash('sha256').update(data).digest('hex')
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()
  const headers = signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name])}\n`)
  const canonical = [request.method, request.url, '', headers.join(''), signedHeaders, sha256(body)].join('\n')
  const scope = `${date}/${region}/${service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n')
  const key = [region, service, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, date))
  return hmac(key, toSign).toString('hex') === signature ? accessKey : undefined
}
