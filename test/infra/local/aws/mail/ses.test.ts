import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  GetAccountCommand,
  SESv2Client,
  SendBulkEmailCommand,
  type SendBulkEmailRequest,
  SendEmailCommand,
  type SendEmailRequest,
} from '@aws-sdk/client-sesv2'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { sendLimiter } from '../../../../../infra/local/aws/mail/send-quota.ts'
import { movableClock } from '../../../../../infra/local/clock.ts'
import type { LocalResource } from '../../../../../infra/local/types.ts'
import { allow, arn, resource, role, serveMailbox, settle, startRun, type TestRun } from '../support.ts'

const identity = resource('AWS::SES::EmailIdentity', 'example.org', { EmailIdentity: 'example.org' })
const configurationSet = resource('AWS::SES::ConfigurationSet', 'mails')
const destination = resource('AWS::SES::ConfigurationSetEventDestination', 'events', {
  ConfigurationSetName: 'mails',
  EventDestination: {
    Enabled: true,
    MatchingEventTypes: ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'REJECT', 'RENDERING_FAILURE'],
    EventBridgeDestination: { EventBusArn: arn('events', 'event-bus/default') },
  },
})
const template = (parts: object = {}): LocalResource =>
  resource('AWS::SES::Template', 'released-en', {
    Template: {
      SubjectPart: 'Results, {{name}}',
      TextPart: 'See {{site.url}}',
      HtmlPart: '<p>Hello {{ name }}</p>',
      ...parts,
    },
  })
const allowed = [
  arn('ses', 'identity/example.org'),
  arn('ses', 'configuration-set/mails'),
  arn('ses', 'template/released-en'),
]
const caller = role('caller', allow(['ses:SendEmail', 'ses:SendBulkEmail'], allowed), allow('ses:GetAccount', '*'))
const base = [identity, configurationSet, destination, template()]

let run: TestRun
let client: SESv2Client
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mails-'))
})
const stop = async () => {
  client?.destroy()
  await run?.stop()
}
afterEach(async () => {
  await stop()
  await rm(folder, { recursive: true, force: true })
})
const start = async (
  resources: readonly LocalResource[] = [...base, caller],
  options: Parameters<typeof startRun>[1] = {},
) => {
  run = await startRun(resources, options)
  client = new SESv2Client(run.client)
}

const simple = (to: string, more: Partial<SendEmailRequest> = {}): SendEmailRequest => ({
  FromEmailAddress: '"Exam results" <no-reply@example.org>',
  Destination: { ToAddresses: [to] },
  ConfigurationSetName: 'mails',
  Content: {
    Simple: {
      Subject: { Data: 'Welcome <b>' },
      Body: { Text: { Data: 'Hello' }, Html: { Data: '<p>Hello</p>' } },
      Headers: [{ Name: 'List-Unsubscribe', Value: '<https://example.org/u>' }],
    },
  },
  EmailTags: [{ Name: 'kind', Value: 'registration-confirmation' }],
  ...more,
})
const send = (to: string, more?: Partial<SendEmailRequest>) => client.send(new SendEmailCommand(simple(to, more)))

const bulk = (names: readonly [to: string, data: string][], more: Partial<SendBulkEmailRequest> = {}) =>
  client.send(
    new SendBulkEmailCommand({
      FromEmailAddress: 'no-reply@example.org',
      ConfigurationSetName: 'mails',
      DefaultContent: {
        Template: { TemplateName: 'released-en', TemplateData: '{"site":{"url":"https://example.org"}}' },
      },
      DefaultEmailTags: [{ Name: 'release', Value: 'r1' }],
      BulkEmailEntries: names.map(([to, data], index) => ({
        Destination: { ToAddresses: [to] },
        ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: data } },
        ReplacementTags: [{ Name: 'delivery', Value: `d${index}` }],
      })),
      ...more,
    }),
  )

const mailbox = async (path = '/mailbox.json') => {
  const served = await serveMailbox(run.aws)
  const answer = await fetch(served.url + path)
  const text = await answer.text()
  served.stop()
  return { status: answer.status, text, policy: answer.headers.get('content-security-policy') }
}
const mails = async (path?: string) => JSON.parse((await mailbox(path)).text) as Record<string, unknown>[]
const named = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: Error) => `${error.name}: ${error.message}`,
  )
interface MailEvent {
  readonly 'detail-type': string
  readonly detail: { readonly eventType: string; readonly mail: { readonly destination: string[] } } & Record<
    string,
    unknown
  >
}
const eventTypes = () => (run.aws.events() as MailEvent[]).map(({ detail }) => detail.eventType).toReversed()

describe('a single mail', () => {
  test('arrives in the mailbox with its tags and headers', async () => {
    await start()
    const { MessageId } = await send('Ann@Example.com')
    expect(await mails()).toEqual([
      {
        id: MessageId,
        to: 'Ann@Example.com',
        subject: 'Welcome <b>',
        text: 'Hello',
        html: '<p>Hello</p>',
        headers: { From: '"Exam results" <no-reply@example.org>', 'List-Unsubscribe': '<https://example.org/u>' },
        tags: { kind: 'registration-confirmation' },
        sentAt: '2030-01-01T09:00:00.000Z',
      },
    ])
  })

  test('has events on the default bus in SES’s format', async () => {
    await start()
    const { MessageId } = await send('ann@example.com')
    await settle()
    expect(eventTypes()).toEqual(['Send', 'Delivery'])
    expect(run.aws.events().at(-1)).toMatchObject({
      bus: 'default',
      source: 'aws.ses',
      'detail-type': 'Email Sent',
      resources: [arn('ses', 'configuration-set/mails')],
      detail: {
        eventType: 'Send',
        mail: {
          timestamp: '2030-01-01T09:00:00.000Z',
          messageId: MessageId,
          source: '"Exam results" <no-reply@example.org>',
          sourceArn: arn('ses', 'identity/example.org'),
          destination: ['ann@example.com'],
          commonHeaders: { subject: 'Welcome <b>', to: ['ann@example.com'] },
          tags: {
            kind: ['registration-confirmation'],
            'ses:configuration-set': ['mails'],
            'ses:caller-identity': ['caller'],
          },
        },
        send: {},
      },
    })
  })

  test.each([
    ['success@simulator.amazonses.com', ['Send', 'Delivery']],
    ['bounce+label@simulator.amazonses.com', ['Send', 'Bounce']],
    ['complaint@simulator.amazonses.com', ['Send', 'Delivery', 'Complaint']],
    ['suppressionlist@simulator.amazonses.com', ['Send', 'Bounce']],
  ])("to the simulator's %s comes to %j", async (to, types) => {
    await start()
    await send(to)
    await settle()
    expect(eventTypes()).toEqual(types)
  })

  test('with a virus is accepted and then rejected', async () => {
    await start()
    const Simple = { Subject: { Data: 's' }, Body: { Text: { Data: 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE' } } }
    await send('ann@example.com', { Content: { Simple } })
    await settle()
    expect(eventTypes()).toEqual(['Reject'])
    expect(await mails()).toEqual([])
  })

  test('is refused as by SES', async () => {
    await start()
    expect(await named(send('ann@example.com', { FromEmailAddress: 'x@other.org' }))).toMatch(/^AccessDeniedException/)
    expect(await named(send('no address'))).toMatch(/^BadRequestException/)
    expect(await named(send('ann@example.com\r\nBcc: eve@example.com'))).toMatch(/^BadRequestException/)
    expect(await named(send('ann@example.com', { EmailTags: [{ Name: 'kind', Value: 'a b' }] }))).toMatch(
      /^BadRequestException/,
    )
    expect(await named(send('ann@example.com', { Content: { Raw: { Data: Buffer.from('x') } } }))).toMatch(
      /^AccessDeniedException: .* ses:SendRawEmail /,
    )
    expect(await mails()).toEqual([])
    await stop()
    await start([...base, role('caller', allow('ses:*', '*'))])
    expect(await named(send('ann@example.com', { FromEmailAddress: 'x@other.org' }))).toMatch(
      /^MessageRejected: Email address is not verified.*EU-WEST-1: x@other.org/,
    )
    expect(await named(send('ann@example.com', { ConfigurationSetName: 'none' }))).toMatch(/^NotFoundException/)
  })
})

describe('permissions to send', () => {
  test('cover identity, configuration set and template each', async () => {
    for (const missing of allowed) {
      await start([
        ...base,
        role(
          'caller',
          allow(
            'ses:SendBulkEmail',
            allowed.filter((one) => one !== missing),
          ),
        ),
      ])
      expect(await named(bulk([['ann@example.com', '{"name":"Ann"}']]))).toMatch(
        new RegExp(
          `^AccessDeniedException: User: .*test/caller is not authorized to perform: ses:SendBulkEmail on resource: ${missing} `,
        ),
      )
      await stop()
    }
  })

  test('can be conditioned on sender and recipients', async () => {
    const Condition = {
      StringEquals: { 'ses:FromAddress': 'no-reply@example.org' },
      'ForAllValues:StringLike': { 'ses:Recipients': '*@simulator.amazonses.com' },
    }
    await start([...base, role('caller', allow('ses:SendEmail', allowed, { Condition }))])
    expect(await named(send('success@simulator.amazonses.com'))).toBe('answered')
    expect(await named(send('ann@example.com'))).toMatch(/^AccessDeniedException/)
    expect(await named(send('success@simulator.amazonses.com', { FromEmailAddress: 'other@example.org' }))).toMatch(
      /^AccessDeniedException/,
    )
  })

  test('cannot be conditioned on them for a bulk call: as on AWS, such a condition is never met', async () => {
    const Condition = { StringEquals: { 'ses:FromAddress': 'no-reply@example.org' } }
    await start([...base, role('caller', allow('ses:SendBulkEmail', allowed, { Condition }))])
    expect(await named(bulk([['ann@example.com', '{"name":"Ann"}']]))).toMatch(/^AccessDeniedException/)
  })
})

describe('a bulk call', () => {
  test('sends each entry by the template with its own data and tags', async () => {
    await start()
    const { BulkEmailEntryResults } = await bulk([
      ['ann@example.com', '{"name":"Ann"}'],
      ['bob@example.com', '{"name":"<Bob>"}'],
    ])
    expect(BulkEmailEntryResults).toMatchObject([{ Status: 'SUCCESS' }, { Status: 'SUCCESS' }])
    expect(await mails()).toMatchObject([
      {
        to: 'bob@example.com',
        subject: 'Results, <Bob>',
        html: '<p>Hello <Bob></p>',
        tags: { release: 'r1', delivery: 'd1' },
      },
      {
        to: 'ann@example.com',
        subject: 'Results, Ann',
        text: 'See https://example.org',
        tags: { release: 'r1', delivery: 'd0' },
      },
    ])
  })

  test('rejects one bad entry and sends the others', async () => {
    await start()
    const { BulkEmailEntryResults = [] } = await bulk([
      ['nobody', '{"name":"A"}'],
      ['ann@example.com', '{"name":"Ann"}'],
      ['bob@example.com', 'no json'],
    ])
    expect(BulkEmailEntryResults.map(({ Status }) => Status)).toEqual([
      'INVALID_PARAMETER',
      'SUCCESS',
      'INVALID_PARAMETER',
    ])
    expect(await mails()).toHaveLength(1)
  })

  test('accepts a mail with a missing variable, and publishes a rendering failure', async () => {
    await start()
    const { BulkEmailEntryResults = [] } = await bulk([['ann@example.com', '{}']])
    expect(BulkEmailEntryResults[0]).toMatchObject({ Status: 'SUCCESS', MessageId: expect.any(String) })
    await settle()
    expect(await mails()).toEqual([])
    expect(run.aws.events()).toMatchObject([
      {
        'detail-type': 'Email Rendering Failed',
        detail: {
          eventType: 'Rendering Failure',
          mail: { messageId: BulkEmailEntryResults[0]?.MessageId, tags: { delivery: ['d0'] } },
          failure: {
            errorMessage: "Attribute 'name' is not present in the rendering data.",
            templateName: 'released-en',
          },
        },
      },
    ])
  })

  test('has at most 50 entries, and an existing template', async () => {
    await start()
    const many = Array.from({ length: 51 }, (_, index) => [`c${index}@example.com`, '{"name":"x"}'] as [string, string])
    expect(await named(bulk(many))).toMatch(/^BadRequestException/)
    expect(await named(bulk(many.slice(1)))).toBe('answered')
    await stop()
    await start([...base, role('caller', allow('ses:*', '*'))])
    const missing = { DefaultContent: { Template: { TemplateName: 'none', TemplateData: '{}' } } }
    expect(await named(bulk([['ann@example.com', '{}']], missing))).toMatch(/^NotFoundException/)
  })

  test('with a template of more than variables fails at start', async () => {
    await expect(startRun([template({ TextPart: '{{#if name}}x{{/if}}' })])).rejects.toThrow('{{#if name}}')
    await start()
  })
})

describe('the quota', () => {
  test('is reported, and a call that exceeds the rate is refused completely', async () => {
    await start([...base, caller], { sendQuota: { rate: 14, daily: 1_000 } })
    const entries = (count: number) =>
      Array.from({ length: count }, () => ['ann@example.com', '{"name":"x"}'] as [string, string])
    await bulk(entries(50))
    await expect(bulk(entries(1))).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      message: 'Maximum sending rate exceeded.',
      $metadata: { httpStatusCode: 429 },
    })
    expect(await mails()).toHaveLength(50)
    await expect(client.send(new GetAccountCommand({}))).resolves.toMatchObject({
      SendQuota: { MaxSendRate: 14, Max24HourSend: 1_000, SentLast24Hours: 50 },
      SendingEnabled: true,
    })
  })

  test('per day is a rolling window, by the local clock', async () => {
    await start([...base, caller], { sendQuota: { rate: 1_000, daily: 2 } })
    const three = [1, 2, 3].map((n) => [`c${n}@example.com`, '{"name":"x"}'] as [string, string])
    const { BulkEmailEntryResults = [] } = await bulk(three)
    expect(BulkEmailEntryResults.map(({ Status }) => Status)).toEqual([
      'SUCCESS',
      'SUCCESS',
      'ACCOUNT_DAILY_QUOTA_EXCEEDED',
    ])
    expect(await named(send('ann@example.com'))).toMatch(/^TooManyRequestsException: Daily message quota exceeded/)
    await run.advance(86_400)
    expect(await named(send('ann@example.com'))).toBe('answered')
  })

  test('lets whoever sendRates use all of it, and refuses whoever does not', () => {
    let now = 0
    const quota = sendLimiter({ rate: 14, daily: 1e9 }, movableClock(), () => now)
    const callsOf50 = (everyMilliseconds: number) => {
      const answers = { taken: 0, 'rate-exceeded': 0 }
      for (const end = now + 100_000; now < end; now += everyMilliseconds) answers[quota.take(50)] += 1
      return answers
    }
    // 14 a second are a call of 50 every 50/14 s.
    expect(callsOf50(50_000 / 14)).toEqual({ taken: expect.any(Number), 'rate-exceeded': 0 })
    // Ten times as many calls get no more mail through: 1,400 and what a second may save up.
    expect(callsOf50(5_000 / 14).taken * 50).toBeLessThanOrEqual(1_450)
  })
})

describe('the mailbox', () => {
  test('can show only one recipient, newest first', async () => {
    await start()
    for (const to of ['ann@example.com', 'bob@example.com', 'ann@example.com']) {
      await send(to)
      await run.advance(60)
    }
    const found = await mails('/mailbox.json?to=ANN@example.com')
    expect(found.map(({ sentAt }) => sentAt)).toEqual(['2030-01-01T09:02:00.000Z', '2030-01-01T09:00:00.000Z'])
    expect(await mails('/mailbox.json?to=eve@example.com')).toEqual([])
    expect(await mails()).toHaveLength(3)
  })

  test('has a page without scripts that escapes the markup of mails', async () => {
    await start()
    const Html = { Data: '<script>alert(1)</script>"quoted"' }
    const Simple = { Subject: { Data: '<img src=x onerror=alert(1)>' }, Body: { Text: { Data: '</pre><b>' }, Html } }
    const { MessageId } = await send('ann@example.com', { Content: { Simple } })
    const page = await mailbox('/mailbox')
    expect(page.text).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(page.text).not.toContain('<img')
    const mail = await mailbox(`/mailbox/${MessageId}`)
    expect(mail.text).not.toMatch(/<script|<img|<\/pre><b>/)
    expect(mail.text).toMatch(
      /<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="[^"]*&lt;script&gt;alert\(1\)&lt;\/script&gt;&quot;quoted&quot;"/,
    )
    expect(mail.policy).toMatch(/^default-src 'none'/)
    expect((await mailbox('/mailbox/none')).status).toBe(404)
  })

  test('keeps mails in the data folder unchanged, even if the template changes', async () => {
    await start(undefined, { dataDir: folder })
    await bulk([['ann@example.com', '{"name":"Ann"}']])
    await stop()
    await start([identity, configurationSet, template({ SubjectPart: 'Changed' }), caller], { dataDir: folder })
    expect(await mails()).toMatchObject([{ subject: 'Results, Ann', tags: { delivery: 'd0' } }])
  })
})
