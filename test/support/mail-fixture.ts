import { planLane, planRelease } from '../../functions/mail/plan-result-emails/plan-result-emails.ts'
import { sendResultEmails } from '../../functions/mail/send-result-emails/send-result-emails.ts'
import type { PlanLaneMessage, SendWaveMessage } from '../../shared/contracts/messages.ts'
import type { Delivery, DeliveryState } from '../../shared/domain/email-batch.ts'
import type { Addressee } from '../../shared/ports/addressees.ts'
import type { RateLimiter } from '../../shared/ports/mailers.ts'
import type { ResultEmailQueues } from '../../shared/ports/result-email-plans.ts'
import type { ResultRecipients } from '../../shared/ports/result-recipients.ts'
import { inMemoryDeliveries } from './in-memory/deliveries.ts'
import { inMemoryEmailLedger } from './in-memory/email-ledger.ts'
import { type Fate, inMemoryMailService } from './in-memory/mail-service.ts'
import { inMemorySendRate } from './in-memory/send-rate.ts'
import { instant, releaseFixture, session } from './release-fixture.ts'

/** Two full calls at once, and no waiting. */
const backgroundTimeout: RateLimiter = {
  burst: async () => ({ calls: 2, mails: 49 }),
  take: async () => ({ outcome: 'granted', inMilliseconds: 0 }),
}

/** A released session and all parts that mail its candidates, in memory; the queues are two lists. */
export const mailFixture = (fateOf?: (mail: { to: string }) => Fate) => {
  const fixture = releaseFixture()
  const deliveries = inMemoryDeliveries()
  const mail = inMemoryMailService(fateOf)
  const sendRate = inMemorySendRate()
  const told = inMemoryEmailLedger(deliveries, sendRate)
  const plans: PlanLaneMessage[] = []
  const emails: SendWaveMessage[] = []
  const delays: number[] = []
  const changes = new Map<string, Partial<Addressee>>()
  const queues: ResultEmailQueues = {
    async planLanes(messages) {
      plans.push(...messages)
    },
    async sendWaves(messages, delaySeconds = 0) {
      emails.push(...messages)
      delays.push(delaySeconds)
    },
  }
  const recipients: ResultRecipients = {
    async read(of, idNumbers) {
      const known = fixture.members.accounts.filter(({ idNumber }) => idNumbers.includes(idNumber))
      const addressees = new Map<string, Addressee>(
        known.map(({ idNumber, emailOptIn, language }) => [
          idNumber,
          {
            ...{ idNumber, emailOptIn, language, email: `${idNumber.toLowerCase()}@example.org` },
            ...{ name: 'Ana', exam: 'b2-first', ...changes.get(idNumber) },
          },
        ]),
      )
      return { addressees, release: fixture.releases.rows.get(of), opening: fixture.releases.openings.rows.get(of) }
    },
  }
  const ports = {
    ...fixture.ports,
    openings: fixture.releases.openings,
    plans: deliveries,
    batches: deliveries,
    feedback: told.feedback,
    ledger: told.ledger,
    remedies: told.remedies,
    obstacles: told.obstacles,
    queues,
    deferrals: deliveries,
    recipients,
    mailer: mail.results,
    rateLimiter: backgroundTimeout,
    timer: { now: () => fixture.clock.now() as number, wait: async () => undefined },
    allowList: ['@example.org'],
    siteUrl: 'https://results.example.org',
    unsubscribeTokens: { issue: async (idNumber: string) => `token-of-${idNumber}` },
  }
  const planAll = async () => {
    for (let message = plans.shift(); message; message = plans.shift()) await planLane(ports)(message)
  }
  const states = () => [...deliveries.batches.values()].flatMap((batch): readonly Delivery[] => batch.deliveries)
  return {
    ...fixture,
    deliveries,
    mail,
    sendRate,
    /** The audit lines of operators' decisions. */
    audit: told.audit,
    plans,
    emails,
    /** The delays of messages put on the mail queue, in seconds. */
    delays,
    changes,
    ports,
    /** Prepares the release and opens it now. */
    async release() {
      const releaseId = await fixture.prepare()
      fixture.clock.moveTo(instant)
      await fixture.fire(releaseId)
      return releaseId
    },
    /** The event has come. */
    announce: (releaseId: string) => planRelease(ports)({ releaseId, session }),
    planAll,
    send: (message: SendWaveMessage) => sendResultEmails(ports)(message),
    /** Sends everything waiting now; messages deferred during that stay in the queue. */
    sendAll: async () => {
      for (const message of emails.splice(0)) await sendResultEmails(ports)(message)
    },
    states,
    count: (state: DeliveryState) => states().filter((delivery) => delivery.state === state).length,
    planned: () => [...deliveries.progresses.values()].reduce((sum, { planned }) => sum + planned, 0),
  }
}
