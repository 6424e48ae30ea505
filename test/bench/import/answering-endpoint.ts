import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A stub DynamoDB: empty, accepts every write, responds immediately; prints its port and ends with its parent. */
const answers: Readonly<Record<string, (input: { Statements?: readonly unknown[] }) => object>> = {
  BatchGetItem: () => ({ Responses: {}, UnprocessedKeys: {} }),
  BatchExecuteStatement: ({ Statements = [] }) => ({ Responses: Statements.map(() => ({ TableName: 'bench' })) }),
  PutItem: () => ({}),
  Query: () => ({ Items: [], Count: 0, ScannedCount: 0 }),
}

const answerTo = async (request: IncomingMessage, response: ServerResponse) => {
  const input = (await json(request)) as { Statements?: readonly unknown[] }
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
  const answer = answers[operation]
  if (!answer) throw new Error(`the bench asks for ${operation}`)
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer(input)))
}

const server = createServer((request, response) => void answerTo(request, response))
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
process.stdin.on('end', () => process.exit()).resume()
