import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ApiCall } from '../support/api-calls/api-call.ts'
import { createApiFixture } from '../support/api-calls/api-fixture.ts'
import { callGenerators } from '../support/api-calls/call-generators.ts'
import { type CheckName, checkNames, faultsOf } from '../support/api-calls/checks.ts'
import { openRawHttp, type RawResponse } from '../support/api-calls/raw-http.ts'
import { drawCalls, type Report, runCalls } from '../support/api-calls/run.ts'
import { type LocalService, startLocalService } from '../support/local-service.ts'
import { firstSeed } from '../support/simulation/seed.ts'

/** Twelve thousand valid and invalid calls generated from the API description, over HTTP (G6). */
const callCount = 12_000
const concurrency = 8

/** The checks of every response. For each, a test below shows that it detects a violation. */
const fourteenChecks: readonly CheckName[] = [
  'no call makes the service fail (5xx)',
  'the status is a documented one',
  'the content type is a documented one',
  'the body and Retry-After are as described',
  'what is bad is refused, as what it is',
  'what is good is accepted',
  'a field that is missing or of the wrong type is refused by its name',
  'an unknown field is refused by its name',
  'a method that the path does not take answers 405 and says which it does',
  'who has not proven who they are is refused',
  'no refusal repeats a value that was sent',
  'no cache keeps an answer, and no page can be made of it',
  'every answer has a request id of its own, and a refusal names it',
  'the service is there all the time',
]

test('the number of checks is fourteen', () => {
  expect(checkNames).toEqual(fourteenChecks)
  expect(fourteenChecks).toHaveLength(14)
})

const goodHeaders = {
  'apigw-requestid': 'id-1',
  'cache-control': 'private, no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'content-type': 'application/json',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
}

const call = (method: string, path: string, expected: ApiCall['expected'], values: string[] = []): ApiCall => ({
  kind: 'control',
  request: { method, path, headers: {} },
  expected,
  values,
})
const answer = (status: number, body: object, headers: RawResponse['headers'] = {}): RawResponse => ({
  status,
  headers: { ...goodHeaders, ...headers },
  text: JSON.stringify(body),
  milliseconds: 1,
})
const refusal = (
  status: number,
  code: string,
  title: string,
  more: object = {},
  headers: RawResponse['headers'] = {},
) =>
  answer(
    status,
    { type: `urn:results-service:problem:${code}`, title, status, code, requestId: 'id-1', ...more },
    { 'content-type': 'application/problem+json', ...headers },
  )
const malformed = (...fields: { path: string; code: string }[]) =>
  refusal(400, 'malformed-request', 'The request is not in the expected form.', fields.length > 0 ? { fields } : {})
const health = answer(200, { status: 'ok' })
const signedIn = answer(201, { expiresAt: '2026-11-22T10:00:00.000Z' })

const logIn = (expected: ApiCall['expected'], values: string[] = []) =>
  call('POST', '/api/v1/sessions', expected, values)
const getHealth = (expected: ApiCall['expected']) => call('GET', '/api/v1/health', expected)
const anything: ApiCall['expected'] = { becomes: 'anything' }
const missing: ApiCall['expected'] = { becomes: 'field-refused', path: 'password', codes: ['required'] }
const unknown: ApiCall['expected'] = { becomes: 'field-refused', path: 'extra', codes: ['unknown-field'] }
const onlyGet: ApiCall['expected'] = { becomes: 'method-refused', allow: ['GET'] }
const methodRefused = (allow: string) =>
  refusal(405, 'method-not-allowed', 'This address does not take this method.', {}, { allow })

/** For each check: a call, an answer that passes all fourteen, and one that this check must refuse. */
const controls: Readonly<Record<CheckName, readonly [ApiCall, good: RawResponse, broken: RawResponse]>> = {
  'no call makes the service fail (5xx)': [
    logIn(anything),
    malformed(),
    refusal(500, 'unexpected', 'Something went wrong. Please try again later.'),
  ],
  'the status is a documented one': [getHealth(anything), health, answer(203, { status: 'ok' })],
  'the content type is a documented one': [
    getHealth(anything),
    health,
    answer(200, { status: 'ok' }, { 'content-type': 'text/html' }),
  ],
  'the body and Retry-After are as described': [
    getHealth(anything),
    health,
    answer(200, { status: 'ok', host: 'i-1' }),
  ],
  'what is bad is refused, as what it is': [
    logIn({ becomes: 'refused', codes: ['malformed-request'] }),
    malformed(),
    refusal(401, 'incorrect-details', 'The details are not correct.'),
  ],
  'what is good is accepted': [
    logIn({ becomes: 'accepted' }),
    signedIn,
    refusal(401, 'incorrect-details', 'The details are not correct.'),
  ],
  'a field that is missing or of the wrong type is refused by its name': [
    logIn(missing),
    malformed({ path: 'password', code: 'required' }),
    malformed({ path: 'idNumber', code: 'required' }),
  ],
  'an unknown field is refused by its name': [
    logIn(unknown),
    { ...malformed({ path: 'extra', code: 'unknown-field' }) },
    signedIn,
  ],
  'a method that the path does not take answers 405 and says which it does': [
    call('PUT', '/api/v1/health', onlyGet),
    methodRefused('GET'),
    methodRefused('GET, POST'),
  ],
  'who has not proven who they are is refused': [
    call('GET', '/api/v1/me/results', { becomes: 'caller-refused' }),
    refusal(401, 'not-signed-in', 'Please log in.'),
    answer(200, { results: [] }),
  ],
  'no refusal repeats a value that was sent': [
    logIn(anything, ['Sesame-1234']),
    malformed(),
    refusal(400, 'malformed-request', 'The request is not in the expected form.', { detail: 'What is "Sesame-1234"?' }),
  ],
  'no cache keeps an answer, and no page can be made of it': [
    getHealth(anything),
    health,
    answer(200, { status: 'ok' }, { 'cache-control': 'public, max-age=60' }),
  ],
  'every answer has a request id of its own, and a refusal names it': [
    logIn(anything),
    malformed(),
    refusal(400, 'malformed-request', 'The request is not in the expected form.', { requestId: 'id-2' }),
  ],
  'the service is there all the time': [
    getHealth({ becomes: 'answered' }),
    health,
    { ...health, milliseconds: 60_000 },
  ],
}

describe('a broken response is detected by the check that', () => {
  test.each(checkNames)('%s', (name) => {
    const [asked, good, broken] = controls[name]
    expect(faultsOf(asked, good, { requestIds: new Set() })).toEqual([])
    expect(faultsOf(asked, broken, { requestIds: new Set() }).join('\n')).toContain(`${name}: `)
  })

  test.each([
    [
      'lets an undocumented refusal of another operation pass',
      getHealth(anything),
      refusal(409, 'already-registered', 'This ID number has an account already.'),
    ],
    ['lets a refusal in other words pass', logIn(anything), refusal(400, 'malformed-request', 'Bad idNumber')],
    [
      'lets a value in a header pass',
      logIn(anything, ['Sesame-1234']),
      refusal(400, 'malformed-request', 'The request is not in the expected form.', {}, { 'x-debug': 'Sesame-1234' }),
    ],
    [
      'lets a page be made of it',
      getHealth(anything),
      answer(200, { status: 'ok' }, { 'x-content-type-options': undefined }),
    ],
    [
      'lets a refusal pass that does not say when to try again',
      logIn(anything),
      refusal(429, 'try-again', 'Please try again in a moment.'),
    ],
    [
      'lets a nameless answer pass',
      getHealth(anything),
      answer(200, { status: 'ok' }, { 'apigw-requestid': undefined }),
    ],
  ])('nothing %s', (_, asked, broken) => {
    expect(faultsOf(asked, broken, { requestIds: new Set() })).not.toEqual([])
  })

  test('detects two responses with the same id', () => {
    const memory = { requestIds: new Set<string>() }
    expect(faultsOf(getHealth(anything), health, memory)).toEqual([])
    expect(faultsOf(getHealth(anything), health, memory)).toHaveLength(1)
  })
})

describe(`the local run, called ${callCount.toLocaleString('en')} times`, () => {
  let service: LocalService
  let report: Report

  beforeAll(async () => {
    service = await startLocalService()
    const calls = drawCalls(callGenerators(await createApiFixture(service)), callCount, firstSeed)
    const http = openRawHttp(service.url, concurrency)
    report = await runCalls(http, calls, concurrency)
    http.close()
    process.stdout.write(`SEED=${firstSeed} makes these ${report.calls} calls:\n${report.tally}\n`)
  }, 600_000)
  afterAll(() => service?.stop())

  test('passes all fourteen checks in every response', () => {
    expect({ seed: firstSeed, faults: report.faults, faultCount: report.faultCount }).toEqual({
      seed: firstSeed,
      faults: [],
      faultCount: 0,
    })
    expect(report.calls).toBe(callCount)
  })
})
