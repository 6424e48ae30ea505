import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type LocalServer, openLocalServer } from '../../../infra/local/local-server.ts'
import { eventually } from '../../support/local-service.ts'

let server: LocalServer
let logged: string[]

beforeEach(async () => {
  logged = []
  server = await openLocalServer(0, (line) => logged.push(line))
})
afterEach(() => server.stop())

test('a request that is broken off is logged without its query, where a token may stand', async () => {
  server.answerWith(async (request) => {
    for await (const _ of request);
  })
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  socket.write(
    'POST /api/v1/unsubscribe?token=secret HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nhalf',
    () => socket.destroy(),
  )
  await eventually('the line in the log', async () => logged.length > 0)
  expect(logged[0]).toMatch(/^POST \/api\/v1\/unsubscribe: Error: aborted/)
})

test('a connection that idles is kept for longer than tests pause', async () => {
  server.answerWith(async (_, response) => {
    response.end('here')
  })
  const answer = await fetch(server.url)
  expect([await answer.text(), answer.headers.get('keep-alive')]).toEqual(['here', 'timeout=65'])
})
