import { SESv2Client } from '@aws-sdk/client-sesv2'
import { afterEach, describe, expect, test } from '@jest/globals'
import { sesAccountMailer } from '../../../../shared/adapters/ses/account-mailer.ts'
import { singleAttemptSesClient } from '../../../../shared/adapters/ses/client.ts'
import { sesMailQuota } from '../../../../shared/adapters/ses/mail-quota.ts'
import { outcomeOfEntry, outcomeOfFailure } from '../../../../shared/adapters/ses/outcomes.ts'
import { sesResultMailer } from '../../../../shared/adapters/ses/result-mailer.ts'
import { type AwsAnswer, startAwsEndpoint } from '../../../support/aws-endpoint.ts'

type Endpoint = Awaited<ReturnType<typeof startAwsEndpoint>>
let endpoint: Endpoint | undefined
afterEach(async () => {
  await endpoint?.stop()
  endpoint = undefined
})

const settings = {
  from: '"Results" <no-reply@results.example.org>',
  configurationSet: 'set',
  templatePrefix: 'stage',
  allowList: ['*'],
}
/** Waits as long as the deployed one unless there is nothing to wait for. */
const clientOf = ({ settings: about }: Endpoint, answer?: AwsAnswer) =>
  singleAttemptSesClient(about, answer === 'silence' ? { requestTimeout: 300 } : {})
const mail = (number: number) => ({
  to: `person${number}@example.org`,
  delivery: `07-000001-en-00-0${number}`,
  addressFingerprint: `0000000${number}`,
  unsubscribeUrl: `https://results.example.org/api/v1/unsubscribe?token=t${number}`,
  variables: { exam: 'B2 First' },
})
const sendBulk = async (answer: AwsAnswer) => {
  endpoint = await startAwsEndpoint(() => answer)
  return sesResultMailer(settings, clientOf(endpoint, answer)).send({
    kind: 'results-released',
    mailingId: 'release-1',
    language: 'en',
    mails: [mail(0), mail(1), mail(2)],
  })
}
const sendOne = async (answer: AwsAnswer) => {
  endpoint = await startAwsEndpoint(() => answer)
  return sesAccountMailer(settings, clientOf(endpoint, answer)).send({
    to: 'a@example.org',
    kind: 'registration-confirmation',
    eventId: 'event-1',
    addressFingerprint: '01234567',
    subject: 'S',
    text: 'T',
    html: 'H',
  })
}

describe('a bulk of result mails', () => {
  test('is one call: one recipient per entry, the language’s template, four tags each, fixed headers', async () => {
    const outcomes = await sendBulk({
      status: 200,
      body: {
        BulkEmailEntryResults: [
          { Status: 'SUCCESS', MessageId: 'm0' },
          { Status: 'ACCOUNT_THROTTLED' },
          { Status: 'MESSAGE_REJECTED' },
        ],
      },
    })
    expect(outcomes).toEqual([
      { outcome: 'accepted', messageId: 'm0' },
      { outcome: 'not-taken', reason: 'ACCOUNT_THROTTLED', because: 'throttled' },
      { outcome: 'failed', reason: 'MESSAGE_REJECTED' },
    ])
    expect(endpoint?.requests).toHaveLength(1)
    expect(endpoint?.requests[0]).toMatchObject({
      path: '/v2/email/outbound-bulk-emails',
      body: {
        FromEmailAddress: settings.from,
        ConfigurationSetName: 'set',
        DefaultContent: {
          Template: {
            TemplateName: 'stage-results-released-en',
            Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }],
          },
        },
      },
    })
    const sent = endpoint?.requests[0]?.body as { BulkEmailEntries: unknown[] } | undefined
    expect(sent?.BulkEmailEntries[1]).toEqual({
      Destination: { ToAddresses: ['person1@example.org'] },
      ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: '{"exam":"B2 First"}' } },
      ReplacementHeaders: [
        { Name: 'List-Unsubscribe', Value: '<https://results.example.org/api/v1/unsubscribe?token=t1>' },
        { Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' },
      ],
      ReplacementTags: [
        { Name: 'kind', Value: 'results-released' },
        { Name: 'release', Value: 'release-1' },
        { Name: 'delivery', Value: '07-000001-en-00-01' },
        { Name: 'address', Value: '00000001' },
      ],
    })
  })

  test.each<[string, AwsAnswer, string]>([
    ['SES has a fault of its own', { status: 500, body: {}, errorType: 'InternalServiceErrorException' }, 'unknown'],
    ['a gateway in between gives up', { status: 503, body: {} }, 'unknown'],
    ['the connection is cut', 'reset', 'unknown'],
    ['no answer comes', 'silence', 'unknown'],
    ['SES is asked too often', { status: 429, body: {}, errorType: 'TooManyRequestsException' }, 'not-taken'],
    ['sending is paused', { status: 400, body: {}, errorType: 'SendingPausedException' }, 'not-taken'],
    ['the role may not send', { status: 403, body: {}, errorType: 'AccessDeniedException' }, 'not-taken'],
  ])('is tried once and no more where %s', async (_, answer, outcome) => {
    const outcomes = await sendBulk(answer)
    expect(outcomes.map((each) => each.outcome)).toEqual([outcome, outcome, outcome])
    expect(endpoint?.requests).toHaveLength(1)
  })

  test('was not sent if the connection was refused or the name cannot be resolved', () => {
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']) {
      expect(outcomeOfFailure(Object.assign(new Error('connect'), { code }))).toEqual({
        outcome: 'not-taken',
        reason: code,
        because: 'throttled',
      })
    }
    expect(outcomeOfFailure(Object.assign(new Error('read'), { code: 'ECONNRESET' }))).toMatchObject({
      outcome: 'unknown',
    })
  })

  test('is not sent outside the stage’s allow-list, whatever the use case requested; the others get theirs', async () => {
    const answer = { status: 200, body: { BulkEmailEntryResults: [{ Status: 'SUCCESS', MessageId: 'm1' }] } }
    endpoint = await startAwsEndpoint(() => answer)
    const bounded = { ...settings, allowList: ['person1@example.org'] }
    const sendTo = (mails: ReturnType<typeof mail>[]) =>
      sesResultMailer(bounded, clientOf(endpoint as Endpoint)).send({
        ...{ kind: 'results-released', mailingId: 'r', language: 'en', mails },
      })
    const refused = { outcome: 'failed', reason: 'not-on-allow-list' }
    expect(await sendTo([mail(0), mail(1)])).toEqual([refused, { outcome: 'accepted', messageId: 'm1' }])
    expect(await sendTo([mail(2)])).toEqual([refused])
    expect(endpoint.requests).toHaveLength(1)
    expect(JSON.stringify(endpoint.requests[0]?.body)).not.toContain('person0')
  })

  test('broken variant: a client with SDK retries sends three times', async () => {
    endpoint = await startAwsEndpoint(() => ({ status: 500, body: {}, errorType: 'InternalServiceErrorException' }))
    await sesResultMailer(settings, new SESv2Client(endpoint.settings)).send({
      kind: 'results-released',
      mailingId: 'r',
      language: 'en',
      mails: [mail(0)],
    })
    expect(endpoint?.requests).toHaveLength(3)
  })
})

describe('an account mail', () => {
  test('has one recipient, its kind and event as tags, fixed headers', async () => {
    expect(await sendOne({ status: 200, body: { MessageId: 'm' } })).toEqual({ outcome: 'accepted', messageId: 'm' })
    expect(endpoint?.requests[0]?.body).toMatchObject({
      Destination: { ToAddresses: ['a@example.org'] },
      EmailTags: [
        { Name: 'kind', Value: 'registration-confirmation' },
        { Name: 'event', Value: 'event-1' },
        { Name: 'address', Value: '01234567' },
      ],
      Content: { Simple: { Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }] } },
    })
  })

  test.each<[AwsAnswer, string]>([
    [{ status: 400, body: {}, errorType: 'MessageRejected' }, 'failed'],
    [{ status: 400, body: {}, errorType: 'BadRequestException' }, 'failed'],
    [{ status: 429, body: {}, errorType: 'TooManyRequestsException' }, 'not-taken'],
    [{ status: 500, body: {} }, 'unknown'],
    ['reset', 'unknown'],
  ])('that SES answers with %j is %s, after one try', async (answer, outcome) => {
    expect(await sendOne(answer)).toMatchObject({ outcome })
    expect(endpoint?.requests).toHaveLength(1)
  })
})

test('an unknown response may mean that it was sent', () => {
  expect(outcomeOfEntry(undefined)).toMatchObject({ outcome: 'unknown' })
  expect(outcomeOfEntry({ Status: 'SUCCESS' })).toMatchObject({ outcome: 'unknown' })
  expect(outcomeOfEntry({ Status: 'NEW_STATUS' as never })).toEqual({ outcome: 'unknown', reason: 'NEW_STATUS' })
  expect(outcomeOfEntry({ Status: 'TRANSIENT_FAILURE' })).toMatchObject({ outcome: 'unknown' })
  expect(outcomeOfFailure(undefined)).toMatchObject({ outcome: 'unknown' })
  expect(outcomeOfFailure({ name: 'Odd', $metadata: { httpStatusCode: 408 } })).toMatchObject({ outcome: 'unknown' })
})

test('the quota is requested at most once a minute, and again after a failure', async () => {
  const answers: AwsAnswer[] = [
    { status: 200, body: { SendQuota: { MaxSendRate: 14, Max24HourSend: 50_000, SentLast24Hours: 49_000 } } },
    { status: 400, body: {}, errorType: 'BadRequestException' },
    { status: 200, body: { SendQuota: { MaxSendRate: 15, Max24HourSend: -1, SentLast24Hours: 10 } } },
  ]
  endpoint = await startAwsEndpoint((_, index) => answers[index] as AwsAnswer)
  let now = 0
  const quota = sesMailQuota(singleAttemptSesClient(endpoint.settings), () => now)
  const asked = [quota.read(), quota.read()]
  expect(await Promise.all(asked)).toEqual([
    { rate: 14, leftToday: 1_000 },
    { rate: 14, leftToday: 1_000 },
  ])
  now = 60_000
  await expect(quota.read()).rejects.toThrow()
  expect(await quota.read()).toEqual({ rate: 15, leftToday: Number.POSITIVE_INFINITY })
  expect(endpoint?.requests).toHaveLength(3)
})
