import type { Account } from '../domain/account.ts'
import type { EmailBatch } from '../domain/email-batch.ts'

/** What is asked of an account before it is told of a release: no address, no password. */
export type MailChoices = Pick<Account, 'idNumber' | 'session' | 'emailOptIn' | 'language'>

export interface ChoosingAccounts {
  /** Strongly consistent. */
  find(idNumber: string): Promise<MailChoices | undefined>
}

/** Mails that come to a plan which is made already. */
export interface LateEmails {
  /** Adds the batch; does nothing if it is there. */
  add(batch: EmailBatch): Promise<void>
}
