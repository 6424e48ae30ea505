import { describe, expect, test } from '@jest/globals'
import { publishEventsHandler } from '../../functions/events/publish-events/handler.ts'
import { publishEvents } from '../../functions/events/publish-events/publish-events.ts'
import { importEntriesHandler } from '../../functions/imports/import-entries/handler.ts'
import { importResultsHandler } from '../../functions/imports/import-results/handler.ts'
import { planResultEmailsHandler } from '../../functions/mail/plan-result-emails/handler.ts'
import { recordEmailOutcomesHandler } from '../../functions/mail/record-email-outcomes/handler.ts'
import { sendAccountEmailHandler } from '../../functions/mail/send-account-email/handler.ts'
import type { SendAccountEmail, SendOutcome } from '../../functions/mail/send-account-email/send-account-email.ts'
import { sendResultEmailsHandler } from '../../functions/mail/send-result-emails/handler.ts'
import { embeddedMetrics } from '../../shared/lambda/metrics.ts'
import type { OutboxEvent } from '../../shared/ports/event-bus.ts'
import { manualClock } from '../support/clock.ts'
import { recordingLog } from '../support/log.ts'

const messages = (...bodies: unknown[]) =>
  ({ Records: bodies.map((body, index) => ({ messageId: `m${index}`, body: JSON.stringify(body) })) }) as never
const failed = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })
const envelope = (type: string, detail: object) => ({
  ...{ id: 'bus-id', source: 'results-service', 'detail-type': type, time: '2026-12-01T09:00:00Z' },
  ...{ resources: ['event/event-1'], detail },
})
const objectPut = (key: string, version?: string) => ({
  source: 'aws.s3',
  detail: { bucket: { name: 'b' }, object: { key, size: 1, ...(version && { 'version-id': version }) } },
})

describe('an uploaded import file', () => {
  test('is imported by its id and version', async () => {
    const asked: unknown[] = []
    const handler = importEntriesHandler(async (file) => {
      asked.push(file)
      return { outcome: 'applied', rows: 1, errorCount: 0 }
    }, recordingLog())
    expect(await handler(messages(objectPut('entries/import-1.csv', 'v1'), objectPut('entries/import-2.csv')))).toEqual(
      failed(),
    )
    expect(asked).toEqual([{ importId: 'import-1', version: 'v1' }, { importId: 'import-2' }])
  })

  test('with an unknown name is skipped; one that fails is redelivered alone', async () => {
    const log = recordingLog()
    const handler = importResultsHandler(async ({ importId }) => {
      if (importId === 'busy') throw new Error('busy')
      return { outcome: 'unknown-import' }
    }, log)
    const put = [
      objectPut('entries/x.csv'),
      objectPut('results/busy.csv'),
      objectPut('results/other.csv'),
      { source: 'aws.ec2' },
    ]
    const { batchItemFailures } = await handler(messages(...put))
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted()).toEqual(['m1', 'm3'])
    expect(log.lines.map(({ message }) => message)).toContain('not an import file')
  })
})

describe('events of the outbox', () => {
  const inserted = (eventId: string, sequence: string) => ({
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: sequence,
      NewImage: {
        eventId: { S: eventId },
        type: { S: 'candidate-registered' },
        detail: { S: '{}' },
        expiresAtSeconds: { N: '1' },
      },
    },
  })

  test('are published; those that the bus rejected are reported by sequence number', async () => {
    const published: string[] = []
    const bus = {
      async publish(events: readonly OutboxEvent[]) {
        published.push(...events.map(({ eventId }) => eventId))
        return events.filter(({ eventId }) => eventId === 'e2')
      },
    }
    const handler = publishEventsHandler(publishEvents({ bus }), recordingLog())
    const Records = [
      inserted('e1', '101'),
      inserted('e2', '102'),
      { eventName: 'REMOVE', dynamodb: {} },
      { eventName: 'INSERT', dynamodb: { SequenceNumber: '104', NewImage: {} } },
    ]
    const answer = await handler({ Records } as never)
    expect(published).toEqual(['e1', 'e2'])
    expect(new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))).toEqual(
      new Set(['102', '104']),
    )
  })
})

describe('mail messages', () => {
  test('a registration event is identified by its event id', async () => {
    const asked: unknown[] = []
    const send: SendAccountEmail = async (event) => {
      asked.push(event)
      return [{ outcome: 'accepted' }]
    }
    const handler = sendAccountEmailHandler(send, { count: () => undefined }, recordingLog())
    const event = envelope('candidate-registered', { version: 1, idNumber: 'ABC123' })
    expect(await handler(messages(event, { ...event, detail: { version: 2 } }))).toEqual(failed('m1'))
    expect(asked).toEqual([{ eventId: 'event-1', type: 'candidate-registered', idNumber: 'ABC123' }])
  })

  test('locks are counted for the alarm, once each, whether or not the ID exists (R28)', async () => {
    const lines: string[] = []
    const metrics = embeddedMetrics('dev', manualClock(), (line) => lines.push(line))
    const outcomes: SendOutcome[][] = [
      [{ outcome: 'accepted' }],
      [{ outcome: 'settled-before' }],
      [{ outcome: 'suppressed', reason: 'no-account' }],
    ]
    const handler = sendAccountEmailHandler(async () => outcomes.shift() ?? [], metrics, recordingLog())
    const lockedUntil = '2026-12-01T09:30:00.000Z'
    const locked = envelope('account-locked', { version: 1, idNumber: 'ABC123', lockedUntil })
    for (let times = 0; times < 3; times++) await handler(messages(locked))
    expect(lines).toHaveLength(2)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      _aws: {
        Timestamp: manualClock().now(),
        CloudWatchMetrics: [
          { Namespace: 'results-service', Dimensions: [['stage']], Metrics: [{ Name: 'Locks', Unit: 'Count' }] },
        ],
      },
      stage: 'dev',
      Locks: 1,
    })
  })

  test('a release event is split into lanes, and a lane is planned', async () => {
    const asked: unknown[] = []
    const log = recordingLog()
    const handler = planResultEmailsHandler(
      {
        planRelease: async (about) => {
          asked.push(['release', about.releaseId])
          return { outcome: 'handed-on' }
        },
        planLane: async (about) => {
          asked.push(['lane', about.lane])
          return about.lane === 9 ? { outcome: 'not-open' } : { outcome: 'planned', count: 3 }
        },
      },
      log,
    )
    const lane = (number: number) => ({ releaseId: 'r', session: 's', lane: number, lanes: 16 })
    const released = envelope('results-released', {
      version: 1,
      releaseId: 'r',
      session: 's',
      releasedAt: '2026-12-01T09:00:00Z',
    })
    expect(await handler(messages(released, lane(3), lane(9), { odd: true }))).toEqual(failed('m3'))
    expect(asked).toEqual(
      expect.arrayContaining([
        ['release', 'r'],
        ['lane', 3],
        ['lane', 9],
      ]),
    )
    expect(log.lines.map(({ level }) => level).toSorted()).toEqual(['error', 'info', 'info', 'warn'])
  })

  test('corrections are planned only if candidates are to be notified', async () => {
    const asked: unknown[] = []
    const handler = planResultEmailsHandler(
      {
        planRelease: async (about) => {
          asked.push(about.correctionId)
          return { outcome: 'handed-on' }
        },
        planLane: async () => ({ outcome: 'planned', count: 0 }),
      },
      recordingLog(),
    )
    const corrected = (correctionId: string, notify: boolean) =>
      envelope('results-corrected', {
        ...{ version: 1, releaseId: 'r', session: 's', correctedAt: '2026-12-02T09:00:00Z' },
        ...{ correctionId, notify },
      })
    expect(await handler(messages(corrected('loud', true), corrected('quiet', false)))).toEqual(failed())
    expect(asked).toEqual(['loud'])
  })

  test('waves are sent one after the other, and a failed one is redelivered', async () => {
    let running = 0
    const handler = sendResultEmailsHandler(async ({ wave }) => {
      expect(++running).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      if (wave === 'in-flight') throw new Error('in flight')
      if (wave === 'held') return { outcome: 'deferred', reason: 'release-not-open', sent: 0 }
      return wave === 'none' ? { outcome: 'no-such-wave' } : { outcome: 'settled', sent: 2 }
    }, recordingLog())
    const wave = (name: string) => ({ releaseId: 'r', session: 's', scope: 'r#01', wave: name })
    expect(await handler(messages(wave('one'), wave('in-flight'), wave('held'), wave('none')))).toEqual(failed('m1'))
  })
})

describe('feedback from SES', () => {
  const told = (delivery: string) => ({ type: 'Delivery', release: 'release-1', delivery, address: '01234567' })

  test('is redelivered if it cannot be written, and the log has the reason without personal data', async () => {
    const log = recordingLog()
    const faults = [new Error('ana@example.org')]
    const recorded = { failed: [1], faults, stopped: ['release-1'], unknown: 0 }
    const counted: string[] = []
    const handler = recordEmailOutcomesHandler(async () => recorded, { count: (metric) => counted.push(metric) }, log)
    expect(await handler(messages(told('a'), told('b')))).toEqual(failed('m1'))
    expect(counted).toEqual(['MailsStopped'])
    expect(log.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'info: outcomes of mails recorded',
      'error: outcomes of mails not recorded',
      'error: mails stopped: too many bounce or are complained about',
    ])
    expect(log.lines[1]?.fields.errorName).toBe('Error')
    expect(JSON.stringify(log.lines)).not.toContain('ana@example.org')
  })
})
