import type { Account } from '../domain/account.ts'
import type { EmailBatch } from '../domain/email-batch.ts'

/** The account attributes that decide whether to mail a release: no address, no password. */
export type MailChoices = Pick<Account, 'idNumber' | 'session' | 'emailOptIn' | 'language'>

export interface ChoosingAccounts {
  /** Strongly consistent. */
  find(idNumber: string): Promise<MailChoices | undefined>
}

/** Mails added to a complete plan. */
export interface LateEmails {
  /** Adds the batch; idempotent. */
  add(batch: EmailBatch): Promise<void>
}
