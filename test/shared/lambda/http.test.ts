import { describe, expect, test } from '@jest/globals'
import { operations } from '../../../shared/contracts/http.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import { type Problem, problem } from '../../../shared/lambda/problem.ts'
import { manualClock } from '../../support/clock.ts'
import { httpEvent, originSecret, send, siteUrl } from '../../support/http-event.ts'
import { recordingLog } from '../../support/log.ts'

const details = { idNumber: 'ABC12345', password: 'sesame1234' }

const logIn = (answer?: (() => never) | Problem, options: ChainOptions = {}) => {
  const log = recordingLog()
  const calls: unknown[] = []
  const handler = httpHandler(
    operations.logIn,
    { originSecret, siteUrl, log, clock: manualClock('2026-11-23T09:00:00.000Z'), ...options },
    ({ body }) => {
      calls.push(body)
      return typeof answer === 'function' ? answer() : (answer ?? { status: 201, body: { done: true } })
    },
  )
  return { handler, log, calls }
}

describe('a good request', () => {
  test('reaches the handler parsed, with an uncached JSON response', async () => {
    const { handler, calls } = logIn()
    const answer = await send(handler, httpEvent('logIn', { body: details }))
    expect(calls).toEqual([details])
    expect(answer).toMatchObject({ statusCode: 201, json: { done: true } })
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'private, no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    })
  })

  test('may come base64-encoded and with a charset', async () => {
    const { handler, calls } = logIn()
    const event = httpEvent('logIn', {
      body: Buffer.from(JSON.stringify(details)).toString('base64'),
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
    })
    expect(await send(handler, { ...event, isBase64Encoded: true })).toMatchObject({ statusCode: 201 })
    expect(calls).toEqual([details])
  })

  test.each(['application/json', 'Application/JSON;charset=UTF-8', 'application/json ; charset="utf-8"'])(
    'may have the content type %s',
    async (contentType) => {
      const headers = { 'Content-Type': contentType }
      expect(await send(logIn().handler, httpEvent('logIn', { body: details, headers }))).toMatchObject({
        statusCode: 201,
      })
    },
  )

  test.each([
    ['a browser on the site itself', { 'Sec-Fetch-Site': 'same-origin', Origin: siteUrl }],
    ['an older browser on the site itself', { Origin: siteUrl }],
    ['a client that is no browser', {}],
  ])('may come from %s', async (_who, headers) => {
    expect(await send(logIn().handler, httpEvent('logIn', { body: details, headers }))).toMatchObject({
      statusCode: 201,
    })
  })
})

describe('a request is refused before the handler', () => {
  const cases: Record<string, readonly [Parameters<typeof httpEvent>[1], number, string, object?]> = {
    'when it went around CloudFront': [{ body: details, headers: { 'X-Origin-Secret': undefined } }, 403, 'forbidden'],
    'when it guesses the origin secret': [
      { body: details, headers: { 'X-Origin-Secret': originSecret.replace('o', 'x') } },
      403,
      'forbidden',
    ],
    'when another site made it': [{ body: details, headers: { 'Sec-Fetch-Site': 'cross-site' } }, 403, 'forbidden'],
    'when a sister site made it': [{ body: details, headers: { 'Sec-Fetch-Site': 'same-site' } }, 403, 'forbidden'],
    'when its origin is another site': [
      { body: details, headers: { Origin: 'https://evil.example' } },
      403,
      'forbidden',
    ],
    'when its origin is hidden': [{ body: details, headers: { Origin: 'null' } }, 403, 'forbidden'],
    'when it has no body': [{ headers: { 'Content-Type': 'application/json' } }, 400, 'malformed-request'],
    'when its body is empty': [{ body: '' }, 400, 'malformed-request'],
    'when it is no JSON': [{ body: '{"idNumber":' }, 400, 'malformed-request'],
    'when it is a form': [
      { body: 'idNumber=1', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      415,
      'not-json',
    ],
    ...Object.fromEntries(
      ['application/problem+json', 'application/jsonx', 'text/json', 'application/json, text/plain'].map((type) => [
        `when it says that it is ${type}`,
        [{ body: details, headers: { 'Content-Type': type } }, 415, 'not-json'] as const,
      ]),
    ),
    'when it does not say what it is': [{ body: details, headers: { 'Content-Type': undefined } }, 415, 'not-json'],
    'when it is a list': [{ body: [details] }, 400, 'malformed-request'],
    'when it is null': [{ body: 'null' }, 400, 'malformed-request'],
    'when a key comes twice': [{ body: '{"idNumber":"A","password":"b","password":"c"}' }, 400, 'malformed-request'],
    'when a key comes twice in another spelling': [
      { body: '{"idNumber":"A","password":"b","p\\u0061ssword":"c"}' },
      400,
      'malformed-request',
    ],
    'when it tampers with prototypes': [
      { body: '{"idNumber":"A","password":"b","__proto__":{"x":1}}' },
      400,
      'malformed-request',
    ],
    'when a field is missing': [
      { body: { idNumber: 'A' } },
      400,
      'malformed-request',
      [{ path: 'password', code: 'required' }],
    ],
    'when fields are no text': [
      { body: { idNumber: 1, password: null } },
      400,
      'malformed-request',
      [
        { path: 'idNumber', code: 'not-a-string' },
        { path: 'password', code: 'not-a-string' },
      ],
    ],
    'when it brings a field of its own': [
      { body: { ...details, admin: true } },
      400,
      'malformed-request',
      [{ path: 'admin', code: 'unknown-field' }],
    ],
    'when it is over 16 KiB': [{ body: { ...details, password: 'x'.repeat(16 * 1024) } }, 413, 'too-large'],
    'when it is over 16 KiB in bytes though not in letters': [
      { body: { ...details, password: 'ü'.repeat(10 * 1024) } },
      413,
      'too-large',
    ],
  }
  test.each(Object.entries(cases))('%s', async (_title, [request, status, code, fields]) => {
    const { handler, calls } = logIn()
    const answer = await send(handler, httpEvent('logIn', request))
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'private, no-store',
      'X-Content-Type-Options': 'nosniff',
    })
    expect(answer.statusCode).toBe(status)
    expect(answer.json).toMatchObject({ status, code, requestId: 'request-1', title: expect.any(String) })
    expect(answer.json?.type).toBe(`urn:results-service:problem:${code}`)
    if (fields) expect(answer.json?.fields).toEqual(fields)
    expect(calls).toEqual([])
  })

  test('a body of exactly 16 KiB is not too large', async () => {
    const body = { ...details, password: 'x'.repeat(16 * 1024 - JSON.stringify({ ...details, password: '' }).length) }
    expect(await send(logIn().handler, httpEvent('logIn', { body }))).toMatchObject({ statusCode: 201 })
  })
})

describe('a problem', () => {
  test('of a lock states its end, in the body and in whole seconds rounded up', async () => {
    const lockedUntil = epochMilliseconds(Date.parse('2026-11-23T09:29:59.001Z'))
    const { handler } = logIn(problem('account-locked', { detail: 'Locked.', lockedUntil }))
    const answer = await send(handler, httpEvent('logIn', { body: details }))
    expect(answer.headers['retry-after']).toBe('1800')
    expect(answer.json).toEqual({
      type: 'urn:results-service:problem:account-locked',
      title: 'This account is locked.',
      status: 423,
      code: 'account-locked',
      requestId: 'request-1',
      detail: 'Locked.',
      lockedUntil: '2026-11-23T09:29:59.001Z',
    })
  })

  test('of missing permission is logged with its code and the request id (G8)', async () => {
    const { handler, log } = logIn()
    await send(handler, httpEvent('logIn', { body: details, headers: { 'X-Origin-Secret': 'a guess' } }))
    expect(log.lines).toMatchObject([
      {
        level: 'info',
        fields: { operation: 'identity/log-in', status: 403, code: 'forbidden', requestId: 'request-1' },
      },
    ])
  })

  test('of an internal error reveals nothing, and the log has its location but no values', async () => {
    const { handler, log } = logIn(() => {
      throw new Error('cannot store sesame1234', { cause: new TypeError('sesame1234') })
    })
    const answer = await send(handler, httpEvent('logIn', { body: details }))
    expect(answer.statusCode).toBe(500)
    expect(Object.keys(answer.json ?? {})).toEqual(['type', 'title', 'status', 'code', 'requestId'])
    expect(log.lines).toHaveLength(1)
    expect(log.lines[0]).toMatchObject({
      level: 'error',
      fields: { errorName: 'Error', errorCauses: 'TypeError', operation: 'identity/log-in', requestId: 'request-1' },
    })
    expect(log.lines[0]?.fields.errorAt).toContain('http.test.ts')
    expect(JSON.stringify([answer, log.lines])).not.toContain('sesame1234')
  })

  test('of broken JSON leaves no trace of it in the log', async () => {
    const { handler, log } = logIn()
    await send(handler, httpEvent('logIn', { body: '{"password":"sesame1234"' }))
    expect(log.lines).toHaveLength(1)
    expect(JSON.stringify(log.lines)).not.toContain('sesame')
  })
})

describe('the caller', () => {
  const me = (authenticate: ChainOptions<{ idNumber: string }>['authenticate']) => {
    const callers: unknown[] = []
    const handler = httpHandler(
      operations.showAccount,
      { originSecret, authenticate, log: recordingLog() } as ChainOptions<{ idNumber: string }>,
      ({ caller }) => {
        callers.push(caller.idNumber)
        return { status: 200, body: {} }
      },
    )
    return { handler, callers }
  }

  test('is identified by the session cookie on candidates’ routes', async () => {
    const { handler, callers } = me(async (token) => (token === 'good' ? { idNumber: 'ABC12345' } : undefined))
    const signedIn = httpEvent('showAccount', { cookie: '__Host-session=good' })
    expect(await send(handler, signedIn)).toMatchObject({ statusCode: 200 })
    expect(callers).toEqual(['ABC12345'])
    for (const cookie of [undefined, '__Host-session=bad', 'session=good', '__Host-session=']) {
      expect(await send(handler, httpEvent('showAccount', { cookie }))).toMatchObject({
        statusCode: 401,
        json: { code: 'not-signed-in' },
      })
    }
  })

  test('is unknown without credentials', async () => {
    const { handler } = me(undefined)
    expect(await send(handler, httpEvent('showAccount'))).toMatchObject({ statusCode: 401 })
  })

  const role = 'arn:aws:sts::123456789012:assumed-role/results-operator'
  test.each([
    [`${role}/olga`, 'olga'],
    [`${role}/olga@example.org`, 'olga@example.org'],
    ['arn:aws:sts::123456789012:assumed-role/another-role/olga', 'olga'],
    ['arn:aws:iam::123456789012:root', undefined],
    ['arn:aws:iam::123456789012:user/olga', undefined],
    [`${role}/`, undefined],
    [`${role}/botocore-session-1700000000`, undefined],
    [`${role}/1700000000`, undefined],
    [undefined, undefined],
  ])('on operators’ routes %s is %s', async (userArn, person) => {
    const callers: unknown[] = []
    const handler = httpHandler(operations.showRelease, { log: recordingLog() }, ({ caller, pathParameters }) => {
      callers.push([caller, pathParameters.session])
      return { status: 200, body: {} }
    })
    const request = { pathParameters: { session: 's1' }, ...(userArn && { userArn }) }
    const { statusCode } = await send(handler, httpEvent('showRelease', request))
    expect([statusCode, callers]).toEqual(person ? [200, [[person, 's1']]] : [403, []])
  })
})
