import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { injectFaults } from '../../../../infra/local/aws/fault-injection.ts'
import type { Service, ServiceCall } from '../../../../infra/local/aws/service.ts'

test('a call with a lost response survives DynamoDB being stopped while it responds', async () => {
  const stopped = new Readable({
    read() {
      this.push('half an ans')
      this.destroy(new Error('aborted'))
    },
  })
  const ends: string[] = []
  const service = {
    async handle({ response }: ServiceCall) {
      response.socket?.once('close', () => ends.push('closed'))
      await pipeline(stopped, response)
    },
  } as unknown as Service
  const request = new IncomingMessage(new Socket())
  const call = {
    request,
    response: new ServerResponse(request),
    principal: { name: 'mail/x' },
    url: new URL('http://x/'),
  }
  await injectFaults({ ofCall: () => 'lost-after' }, () => {})('dynamodb', service, call as unknown as ServiceCall)
  await nextTurn()
  await nextTurn()
  expect(ends).toEqual(['closed'])
  expect(call.response.destroyed).toBe(true)
})
