import type { Account } from '../../shared/domain/account.ts'
import type { Entry } from '../../shared/domain/entry.ts'
import { readWindowRules } from '../../shared/domain/result-window.ts'
import { epochMilliseconds } from '../../shared/domain/time.ts'

/** An entry, for tests that need one and do not care which. */
export const sampleEntry = (changes: Partial<Entry> = {}): Entry => ({
  idNumber: 'ABC12345',
  exam: 'b2-first',
  dateTaken: '2026-11-14',
  mode: 'digital',
  centreNumber: 'ES123',
  session: '2026-11-b2-first-digital',
  givenName: 'Ana',
  familyName: 'Example',
  ...changes,
})

/** An account, for tests that need one and do not care which. */
export const sampleAccount = (changes: Partial<Account> = {}): Account => ({
  idNumber: 'ABC12345',
  session: '2026-11-b2-first-digital',
  email: 'ana@example.org',
  passwordHash: 'hash of Correct4Horse9Battery',
  sessionEpoch: 'epoch-1',
  country: 'ES',
  firstLanguage: 'prefer-not-to-say',
  emailOptIn: true,
  language: 'es',
  termsVersion: '2026-09-01',
  registeredAt: epochMilliseconds(Date.parse('2026-11-20T10:00:00Z')),
  registrationHash: 'hash of a form',
  ...changes,
})

/** The windows of the requirements (R52), and the board's seat in London. */
export const sampleExpectedResults = { paper: '28-42 days', digital: '5-10 working-days', holidays: 'GB-ENG' } as const
export const sampleWindowRules = readWindowRules(sampleExpectedResults)
