import { type AllowList, mayReceive } from '../../../shared/domain/allow-list.ts'
import { findExam } from '../../../shared/domain/catalogue.ts'
import { addressFingerprint } from '../../../shared/domain/email-address.ts'
import {
  type Delivery,
  deliveryTag,
  type EmailBatch,
  type SuppressionReason,
} from '../../../shared/domain/email-batch.ts'
import { unsubscribeUrl } from '../../../shared/emails/links.ts'
import { resultMailValues } from '../../../shared/emails/result-mail.ts'
import type { Addressee } from '../../../shared/ports/addressees.ts'
import type { MailOutcome, ResultMail } from '../../../shared/ports/mailers.ts'
import type { UnsubscribeTokens } from '../../../shared/ports/unsubscribe-tokens.ts'

export type Change = Omit<Delivery, 'idNumber'>

/** What to do with one mail: send it, or suppress it and why. */
export interface Intent {
  readonly position: number
  readonly claim: Change
  readonly mail?: ResultMail
}

export interface IntentPorts {
  readonly allowList: AllowList
  readonly siteUrl: string
  readonly unsubscribeTokens: Pick<UnsubscribeTokens, 'issue'>
}

export const intentFor = async (
  { allowList, siteUrl, unsubscribeTokens }: IntentPorts,
  batch: EmailBatch,
  position: number,
  addressee: Addressee | undefined,
): Promise<Intent> => {
  const reason = suppressionOf(allowList, addressee)
  if (!addressee || reason) return { position, claim: { state: 'suppressed', reason: reason ?? 'account-reset' } }
  const { name, exam, email } = addressee
  const variables = resultMailValues({ name, exam: findExam(exam)?.name ?? exam, siteUrl })
  if (!variables) return { position, claim: { state: 'failed', reason: 'blank-variable' } }
  const delivery = deliveryTag(batch, position)
  const token = await unsubscribeTokens.issue(addressee.idNumber, email)
  const mail = {
    ...{ to: email, delivery, addressFingerprint: addressFingerprint(delivery, email), variables },
    unsubscribeUrl: unsubscribeUrl(siteUrl, token),
  }
  return { position, claim: { state: 'claimed' }, mail }
}

const suppressionOf = (allowList: AllowList, addressee: Addressee | undefined): SuppressionReason | undefined => {
  if (!addressee) return 'account-reset'
  if (!addressee.emailOptIn) return 'opted-out'
  if (addressee.emailComplained) return 'complained-before'
  if (addressee.emailBounced) return 'bounced-before'
  return mayReceive(allowList, addressee.email) ? undefined : 'not-on-allow-list'
}

/** The state to record for the outcome of an attempt. */
export const settledBy = (outcome: MailOutcome | undefined): Change => {
  switch (outcome?.outcome) {
    case 'accepted':
      return { state: 'accepted' }
    case 'failed':
      return { state: 'failed', reason: outcome.reason }
    case 'not-taken':
      return { state: 'pending' }
    case 'unknown':
      return { state: 'unknown', reason: outcome.reason }
    case undefined:
      return { state: 'unknown', reason: 'no-answer' }
  }
}
