import { describe, expect, test } from '@jest/globals'
import { answerUnknownPathHandler } from '../../../functions/reference/answer-unknown-path/handler.ts'
import { healthHandler } from '../../../functions/reference/health/handler.ts'
import { listExamsHandler } from '../../../functions/reference/list-exams/handler.ts'
import { answers } from '../../../shared/contracts/answers.ts'
import { httpEvent, originSecret, rawHttpEvent, send } from '../../support/http-event.ts'
import { recordingLog } from '../../support/log.ts'

const log = recordingLog()

describe('the catalogue (R56, R57)', () => {
  const handler = listExamsHandler({ originSecret, log })

  test('has seventeen exams in every language', async () => {
    for (const request of [
      {},
      { query: { lang: 'de' } },
      { query: { lang: 'tlh' } },
      { headers: { 'Accept-Language': 'fr' } },
    ]) {
      const answer = await send(handler, httpEvent('listExams', request))
      expect(answer.statusCode).toBe(200)
      expect(answers.listExams.success[200]?.safeParse(answer.json).success).toBe(true)
      expect(answer.json?.exams).toHaveLength(17)
    }
  })

  test('has former names, levels, modes, and the cut-off date of Starters, Movers and Flyers', async () => {
    const { json } = await send(handler, httpEvent('listExams'))
    expect(json?.exams).toContainEqual({
      code: 'b2-first-for-schools',
      name: 'B2 First for Schools',
      formerName: 'Cambridge English: First for Schools (FCEfS)',
      level: 'B2',
      modes: ['paper', 'digital'],
    })
    const exams = json?.exams as { code: string; takenFrom?: string }[]
    expect(exams.filter(({ takenFrom }) => takenFrom === '2020-09-01').map(({ code }) => code)).toEqual([
      'pre-a1-starters',
      'a1-movers',
      'a2-flyers',
    ])
  })
})

describe('the health check', () => {
  test('also responds without CloudFront', async () => {
    const event = httpEvent('health', { headers: { 'X-Origin-Secret': undefined } })
    expect(await send(healthHandler({ log }), event)).toMatchObject({ statusCode: 200, json: { status: 'ok' } })
  })
})

describe('a path without operation', () => {
  const handler = answerUnknownPathHandler({ log })

  test.each([
    '/',
    '/api',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v1/me/',
    '/api/v1/ops/releases/a/b',
    '/api/v2/me',
    '/%2e%2e',
  ])('%s is not found', async (path) => {
    expect(await send(handler, rawHttpEvent('GET', path))).toMatchObject({
      statusCode: 404,
      json: { code: 'not-found' },
    })
  })

  test.each([
    ['GET', '/api/v1/sessions', 'POST'],
    ['PUT', '/api/v1/me', 'GET, PATCH'],
    ['OPTIONS', '/api/v1/exams', 'GET'],
    ['DELETE', '/api/v1/ops/releases/2026-11-b2-first-digital', 'GET'],
  ])('%s %s says which methods there are', async (method, path, allow) => {
    const answer = await send(handler, rawHttpEvent(method, path))
    expect(answer).toMatchObject({ statusCode: 405, json: { code: 'method-not-allowed' } })
    expect(answer.headers.allow).toBe(allow)
  })
})
