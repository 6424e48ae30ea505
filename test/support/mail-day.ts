import { planRelease, planShard } from '../../functions/mail/plan-result-emails/plan-result-emails.ts'
import { sendResultEmails } from '../../functions/mail/send-result-emails/send-result-emails.ts'
import type { PlanShardMessage, SendBatchMessage } from '../../shared/contracts/messages.ts'
import type { Delivery, DeliveryState } from '../../shared/domain/email-batch.ts'
import type { Addressee, Addressees } from '../../shared/ports/addressees.ts'
import type { ResultEmailQueues } from '../../shared/ports/result-email-plans.ts'
import { inMemoryDeliveries } from './in-memory/deliveries.ts'
import { type Fate, inMemoryMailService } from './in-memory/mail-service.ts'
import { instant, releaseDay, session } from './release-day.ts'

/** A released session and everything that tells its candidates, in memory; the queues are two lists. */
export const mailDay = (fateOf?: (mail: { to: string }) => Fate) => {
  const day = releaseDay()
  const deliveries = inMemoryDeliveries()
  const mail = inMemoryMailService(fateOf)
  const plans: PlanShardMessage[] = []
  const emails: SendBatchMessage[] = []
  const changes = new Map<string, Partial<Addressee>>()
  const queues: ResultEmailQueues = {
    async planShards(messages) {
      plans.push(...messages)
    },
    async sendBatches(messages) {
      emails.push(...messages)
    },
  }
  const addressees: Addressees = {
    async find(idNumbers) {
      const known = day.members.accounts.filter(({ idNumber }) => idNumbers.includes(idNumber))
      return new Map(
        known.map(({ idNumber, emailOptIn, language }) => [
          idNumber,
          {
            ...{ idNumber, emailOptIn, language, email: `${idNumber.toLowerCase()}@example.org` },
            ...{ name: 'Ana', exam: 'b2-first', ...changes.get(idNumber) },
          },
        ]),
      )
    },
  }
  const ports = {
    ...day.ports,
    openings: day.releases.openings,
    plans: deliveries,
    batches: deliveries,
    queues,
    addressees,
    mailer: mail.results,
    pacer: { largestSlice: async () => 50, take: async () => undefined },
    allowList: ['@example.org'],
    siteUrl: 'https://results.example.org',
  }
  const planAll = async () => {
    for (let message = plans.shift(); message; message = plans.shift()) await planShard(ports)(message)
  }
  const states = () => [...deliveries.batches.values()].flatMap((batch): readonly Delivery[] => batch.deliveries)
  return {
    ...day,
    deliveries,
    mail,
    plans,
    emails,
    changes,
    ports,
    /** Prepared, and open since this moment. */
    async release() {
      const releaseId = await day.prepare()
      day.clock.moveTo(instant)
      await day.fire(releaseId)
      return releaseId
    },
    /** The event has come. */
    announce: (releaseId: string) => planRelease(ports)({ releaseId, session }),
    planAll,
    send: (message: SendBatchMessage) => sendResultEmails(ports)(message),
    sendAll: async () => {
      for (const message of emails) await sendResultEmails(ports)(message)
    },
    states,
    count: (state: DeliveryState) => states().filter((delivery) => delivery.state === state).length,
    planned: () => [...deliveries.progresses.values()].reduce((sum, { planned }) => sum + planned, 0),
  }
}
