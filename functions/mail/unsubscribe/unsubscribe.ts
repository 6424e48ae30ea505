import type { ChangeableAccounts } from '../../../shared/ports/account-choices.ts'
import type { Accounts } from '../../../shared/ports/accounts.ts'
import type { UnsubscribeTokens } from '../../../shared/ports/unsubscribe-tokens.ts'

export interface UnsubscribePorts {
  readonly tokens: Pick<UnsubscribeTokens, 'read'>
  readonly accounts: Accounts
  readonly choices: ChangeableAccounts
}

/** `unsubscribed` also if there is nothing to change: the reader gets no such mails, as requested. */
export type UnsubscribeOutcome = { readonly outcome: 'unsubscribed' } | { readonly outcome: 'no-such-token' }

export type Unsubscribe = ReturnType<typeof unsubscribe>

/** Opts the account out of result mails, if it still has the address that the token was issued for (R09, RFC 8058). */
export const unsubscribe =
  ({ tokens, accounts, choices }: UnsubscribePorts) =>
  async (token: string): Promise<UnsubscribeOutcome> => {
    const asked = await tokens.read(token)
    if (!asked) return { outcome: 'no-such-token' }
    const account = await accounts.find(asked.idNumber)
    if (account?.emailOptIn && asked.isFor(account.email)) await choices.change(account, { emailOptIn: false })
    return { outcome: 'unsubscribed' }
  }
