import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { readRequest, writeResponse } from '../../../../infra/local/http/http-messages.ts'
import { textResponse } from '../../../../infra/local/http/http-response.ts'
import { type LocalServer, openLocalServer } from '../../../../infra/local/local-server.ts'

jest.setTimeout(10_000)

const maxBodySize = 100_000

let door: LocalServer
beforeAll(async () => {
  door = await openLocalServer(0, () => undefined)
  door.answerWith(async (message, response) => {
    const { body, sourceIp } = await readRequest(message, maxBodySize)
    writeResponse(
      response,
      textResponse(body.length > maxBodySize ? 413 : 200, sourceIp === '' ? 'nobody' : 'somebody'),
    )
  })
})
afterAll(() => door.stop())

describe('a body', () => {
  test.each([
    [0, 200],
    [maxBodySize, 200],
    [maxBodySize + 1, 413],
    [20 * maxBodySize, 413],
  ])('of %d bytes is read as far as it may go, and answered with %d', async (bytes, status) => {
    const answer = await fetch(door.url, { method: 'POST', body: Buffer.alloc(bytes) })
    expect([answer.status, await answer.text()]).toEqual([status, 'somebody\n'])
  })
})
