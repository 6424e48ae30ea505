import * as z from 'zod/mini'
import { envelopeOf, eventIdOf } from '../../../shared/contracts/events.ts'
import type { CountedMetric } from '../../../shared/contracts/metrics.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import type { Metrics } from '../../../shared/lambda/metrics.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { AccountEventType } from './letters.ts'
import type { SendAccountEmail } from './send-account-email.ts'

const accountEvent = z.union([
  envelopeOf('candidate-registered'),
  envelopeOf('account-locked'),
  envelopeOf('many-failures'),
  envelopeOf('password-reset-requested'),
  envelopeOf('password-changed'),
  envelopeOf('email-change-requested'),
  envelopeOf('email-changed'),
])

/** What alarms are about, of whatever ID it is told. */
const counted: Readonly<Partial<Record<AccountEventType, CountedMetric>>> = {
  'account-locked': 'Locks',
  'many-failures': 'ManyFailures',
}

export const sendAccountEmailHandler = (
  sendAccountEmail: SendAccountEmail,
  metrics: Metrics,
  log: Log = createLog(),
): QueueFunction =>
  queueHandler(
    accountEvent,
    async (envelope) => {
      const eventId = eventIdOf(envelope)
      const type = envelope['detail-type']
      const { idNumber } = envelope.detail
      const outcomes = await sendAccountEmail({
        ...{ eventId, type, idNumber },
        ...('requestedAt' in envelope.detail && { requestedAt: envelope.detail.requestedAt }),
      })
      const metric = counted[type]
      if (metric && outcomes.some(({ outcome }) => outcome !== 'settled-before')) metrics.count(metric)
      for (const done of outcomes) {
        const fields = { eventId, kind: type, state: done.outcome }
        switch (done.outcome) {
          case 'accepted':
          case 'suppressed':
          case 'settled-before':
            log.info('account mail settled', { ...fields, ...('reason' in done && { reason: done.reason }) })
            break
          case 'failed':
          case 'unknown':
            log.error('account mail not sent for certain', { ...fields, reason: done.reason ?? '' })
        }
      }
    },
    // Of several links asked for by one person the newest alone is good; one after the other, none waits for another.
    { log, inTurnsBy: ({ detail }) => detail.idNumber },
  )
