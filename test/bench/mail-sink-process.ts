/**
 * Accepts and discards all mail: the SES and SQS APIs, and SMTP, each on a separate port that it reports to its parent.
 * A separate process, so that only the senders' CPU time is counted.
 */
import { createHash } from 'node:crypto'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { json } from 'node:stream/consumers'

let queued: string[] = []
let messages = 0

interface Bulk {
  readonly BulkEmailEntries?: readonly unknown[]
  readonly Entries?: readonly { readonly Id: string; readonly MessageBody: string }[]
}

const newId = () => `message-${++messages}`

const answers: Readonly<Record<string, (body: Bulk) => unknown>> = {
  'POST /v2/email/outbound-emails': () => ({ MessageId: newId() }),
  'POST /v2/email/outbound-bulk-emails': ({ BulkEmailEntries = [] }) => ({
    BulkEmailEntryResults: BulkEmailEntries.map(() => ({ Status: 'SUCCESS', MessageId: newId() })),
  }),
  'GET /v2/email/account': () => ({
    SendQuota: { Max24HourSend: 1e9, MaxSendRate: 1e6, SentLast24Hours: 0 },
  }),
  /** What was put into queues since it was last asked. */
  'GET /queued': () => {
    const all = queued
    queued = []
    return all
  },
  // SQS, and the one secret of the senders.
  'POST /': ({ Entries = [] }) => ({
    SecretString: 'a key of the benchmark, and long enough',
    Successful: Entries.map(({ Id, MessageBody }) => {
      queued.push(MessageBody)
      return { Id, MessageId: newId(), MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') }
    }),
  }),
}

const bodyOf = async (request: IncomingMessage): Promise<Bulk> =>
  request.method === 'GET' ? {} : ((await json(request)) as Bulk)

const http = createHttpServer((request, response) => {
  void bodyOf(request).then((body) => {
    const answer = answers[`${request.method} ${request.url?.split('?')[0]}`]
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer?.(body) ?? {}))
  })
})
http.keepAliveTimeout = 0

/** The part of RFC 5321 that a client without pipelining needs. */
const smtp = createServer((socket: Socket) => {
  const say = (line: string) => socket.write(`${line}\r\n`)
  let text = ''
  let isData = false
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    for (;;) {
      const end = text.indexOf(isData ? '\r\n.\r\n' : '\r\n')
      if (end < 0) return
      const line = text.slice(0, end)
      text = text.slice(end + (isData ? 5 : 2))
      if (isData) {
        isData = false
        say(`250 ${newId()}`)
        continue
      }
      const [, verb = ''] = /^(\w+)/.exec(line) ?? []
      isData = verb.toUpperCase() === 'DATA'
      say(isData ? '354 go on' : verb.toUpperCase() === 'QUIT' ? '221 bye' : '250 ok')
    }
  })
  say('220 sink')
})

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

process.once('disconnect', () => process.exit(0))
process.send?.({ http: await listen(http), smtp: await listen(smtp) })
