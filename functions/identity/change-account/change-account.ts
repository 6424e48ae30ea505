import type { BodyOf } from '../../../shared/contracts/http.ts'
import type { FieldCode, FieldProblem } from '../../../shared/contracts/problems.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { isLanguage } from '../../../shared/domain/language.ts'
import { isCountry, isFirstLanguage } from '../../../shared/domain/reference-lists.ts'
import type { AccountChoices, ChangeableAccounts } from '../../../shared/ports/account-choices.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { Entries } from '../../../shared/ports/entries.ts'
import type { ShownAccount } from '../account-answer.ts'

export interface ChangeAccountPorts {
  readonly accounts: ChangeableAccounts
  readonly entries: Entries
  readonly clock: Pick<Clock, 'now'>
}

export type ChangeAccountOutcome =
  | ({ readonly outcome: 'changed' } & ShownAccount)
  | { readonly outcome: 'malformed'; readonly fields: readonly FieldProblem[] }
  | { readonly outcome: 'no-such-account' }

export type ChangeAccount = (account: Account, form: BodyOf<'changeAccount'>) => Promise<ChangeAccountOutcome>

/** Changes the choices made at registration; all given fields or none (R09, R54, R58). */
export const changeAccount =
  ({ accounts, entries, clock }: ChangeAccountPorts): ChangeAccount =>
  async (account, form) => {
    const fields = formProblems(form)
    if (fields.length > 0) return { outcome: 'malformed', fields }

    const changesAnything = Object.keys(form).length > 0
    const [changed, entry] = await Promise.all([
      changesAnything ? accounts.change(account, form as Partial<AccountChoices>) : account,
      entries.find(account.idNumber),
    ])
    if (!changed) return { outcome: 'no-such-account' }
    if (!entry) throw new Error('an account has no entry')
    return { outcome: 'changed', account: changed, entry, at: clock.now() }
  }

const formProblems = ({ country, firstLanguage, language }: BodyOf<'changeAccount'>): FieldProblem[] => {
  const isGood = {
    country: country === undefined || isCountry(country),
    firstLanguage: firstLanguage === undefined || isFirstLanguage(firstLanguage),
    language: language === undefined || isLanguage(language),
  }
  const notInList: FieldCode = 'not-in-list'
  return Object.entries(isGood).flatMap(([path, good]) => (good ? [] : [{ path, code: notInList }]))
}
