import type { AccountMailer, MailOutcome, ResultMail, ResultMailer } from '../../../shared/ports/mailers.ts'

/** The outcome of one mail at the mail service; with `lost`, the sender never learns whether it was sent. */
export type Fate =
  | 'taken'
  | 'throttled'
  | 'rejected'
  | 'poisonous'
  | 'paused'
  | 'over-quota'
  | 'lost-after'
  | 'lost-before'

/** A mail service that records what it accepted: the ground truth for tests. */
export const inMemoryMailService = (fateOf: (mail: { to: string }) => Fate = () => 'taken') => {
  const accepted: (ResultMail & { readonly kind: string; readonly mailingId: string; readonly language: string })[] = []
  const acceptedAccountMails: Parameters<AccountMailer['send']>[0][] = []
  const state = { calls: 0 }
  const outcomeFor = (fate: Fate, accept: () => number): MailOutcome => {
    switch (fate) {
      case 'taken':
        return { outcome: 'accepted', messageId: `message-${accept()}` }
      case 'throttled':
        return { outcome: 'not-taken', reason: 'ACCOUNT_THROTTLED', because: 'throttled' }
      case 'over-quota':
        return { outcome: 'not-taken', reason: 'ACCOUNT_DAILY_QUOTA_EXCEEDED', because: 'daily-quota' }
      case 'paused':
        return { outcome: 'not-taken', reason: 'ACCOUNT_SENDING_PAUSED', because: 'service' }
      case 'poisonous':
        return { outcome: 'not-taken', reason: 'BadRequestException', because: 'call' }
      case 'rejected':
        return { outcome: 'failed', reason: 'MESSAGE_REJECTED' }
      case 'lost-after':
        accept()
        return { outcome: 'unknown', reason: 'ECONNRESET' }
      case 'lost-before':
        return { outcome: 'unknown', reason: 'ETIMEDOUT' }
    }
  }
  const results: ResultMailer = {
    async send({ kind, mailingId, language, mails }) {
      state.calls++
      const fates = mails.map(fateOf)
      // One such mail makes SES refuse the whole call.
      if (fates.includes('poisonous')) return mails.map(() => outcomeFor('poisonous', () => 0))
      return mails.map((mail, index) =>
        outcomeFor(fates[index] ?? 'taken', () => accepted.push({ ...mail, kind, mailingId, language })),
      )
    },
  }
  const accounts: AccountMailer = {
    async send(mail) {
      state.calls++
      return outcomeFor(fateOf(mail), () => acceptedAccountMails.push(mail))
    },
  }
  return { accepted, acceptedAccountMails, state, results, accounts }
}
