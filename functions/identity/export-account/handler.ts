import { type ExportAnswer, notInExports } from '../../../shared/contracts/answers.ts'
import { operations } from '../../../shared/contracts/http.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { begunAt, expiryOf } from '../../../shared/domain/session.ts'
import { toIso } from '../../../shared/domain/time.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { resultAnswer } from '../../results/result-answer.ts'
import { accountAnswer } from '../account-answer.ts'
import type { ExportAccount, HeldAboutCandidate } from './export-account.ts'

const asFile = { 'content-disposition': 'attachment; filename="my-data.json"' }

export const exportAccountHandler = (exportAccount: ExportAccount, options: ChainOptions<Account>): HttpFunction =>
  httpHandler(operations.exportAccount, options, async ({ caller, sessionToken = '' }) => {
    const held = await exportAccount(caller, sessionToken)
    return { status: 200, body: exportAnswer(held), headers: asFile }
  })

/** Listed field by field, so that a new attribute of the account is not exported until it is added here. */
const exportAnswer = ({ at, account, entry, session, results }: HeldAboutCandidate): ExportAnswer => ({
  exportedAt: toIso(at),
  account: {
    ...accountAnswer({ account, entry, at }),
    // Also if its link has expired: the address is still stored.
    ...(account.pendingEmail && { pendingEmail: account.pendingEmail.address }),
    emailComplained: account.emailComplained ?? false,
    ...(account.formerEmail && { formerEmail: account.formerEmail.address }),
    termsVersion: account.termsVersion,
    registeredAt: toIso(account.registeredAt),
  },
  ...(session && { session: { begunAt: toIso(begunAt(session)), endsAt: toIso(expiryOf(session)) } }),
  results: results.map(resultAnswer),
  notIncluded: [...notInExports],
})
