import { describe, expect, test } from '@jest/globals'
import { logOutHandler } from '../../../functions/identity/log-out/handler.ts'
import { logOut } from '../../../functions/identity/log-out/log-out.ts'
import { beginSession } from '../../../shared/domain/session.ts'
import { manualClock } from '../../support/clock.ts'
import { httpEvent, originSecret, send, siteUrl } from '../../support/http-event.ts'
import { inMemorySessions } from '../../support/in-memory/sessions.ts'
import { recordingLog } from '../../support/log.ts'

describe('logging out', () => {
  const sessions = inMemorySessions()
  const handler = logOutHandler(logOut({ sessions }), { originSecret, siteUrl, log: recordingLog() })
  const begin = () => sessions.begin(beginSession('ABC12345', 'epoch-1', manualClock().now()))

  test('ends only this session and removes the cookie', async () => {
    const [mine, other] = [await begin(), await begin()]
    const answer = await send(handler, httpEvent('logOut', { cookie: `__Host-session=${mine}` }))
    expect(answer.statusCode).toBe(204)
    expect(answer.body).toBeUndefined()
    expect(answer.cookies).toEqual(['__Host-session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0'])
    expect([...sessions.rows.keys()]).toEqual([other])
  })

  test.each([undefined, '__Host-session=', '__Host-session=long-gone', 'session=x'])(
    'is fine with %j',
    async (cookie) => {
      expect(await send(handler, httpEvent('logOut', { cookie }))).toMatchObject({ statusCode: 204 })
    },
  )

  test('is refused for a cross-site request', async () => {
    const mine = await begin()
    const headers = { 'Sec-Fetch-Site': 'cross-site' }
    const answer = await send(handler, httpEvent('logOut', { cookie: `__Host-session=${mine}`, headers }))
    expect(answer.statusCode).toBe(403)
    expect(sessions.rows.has(mine)).toBe(true)
  })
})
