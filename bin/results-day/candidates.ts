import { entriesCsv, resultsCsv } from '../../infra/local/sample-data/csv.ts'
import { generateEntries, generateResults, type SampleEntry } from '../../infra/local/sample-data/generate.ts'
import type { Account } from '../../shared/domain/account.ts'
import { termsVersion } from '../../shared/domain/account.ts'
import { languages } from '../../shared/domain/language.ts'
import { epochMilliseconds } from '../../shared/domain/time.ts'

/** One invented candidate of the rehearsed session. */
export interface RehearsedCandidate {
  readonly entry: SampleEntry
  readonly email: string
  readonly emailOptIn: boolean
  readonly language: (typeof languages)[number]
  /** How the candidate registers: through the API, written to the table, or not at all. */
  readonly registers: 'by-api' | 'seeded' | 'never'
}

/** The password of every rehearsed candidate. */
export const password = 'Rehearsal4Everybody'

/** A registration through the API costs two password hashes; this many are enough to show that it works. */
const registeredByApi = 20

/** All candidates take one exam on one day, so that one release covers them. */
const sessionOf = (today: string) => {
  const dateTaken = new Date(Date.parse(`${today}T00:00:00Z`) - 14 * 86_400_000).toISOString().slice(0, 10)
  return { exam: 'b2-first', mode: 'digital', dateTaken, session: `${dateTaken}-b2-first-digital` } as const
}

/**
 * Generates the candidates: 95 % chose emails, 3 % never register, 1 % have an address that bounces. Every address is
 * unique, so that a duplicate mail is detected.
 */
export const rehearsedCandidates = (options: {
  readonly count: number
  readonly seed: number
  readonly today: string
  readonly random: () => number
}): RehearsedCandidate[] => {
  const session = sessionOf(options.today)
  return generateEntries(options).map((generated, index) => {
    const entry = { ...generated, ...session }
    const { idNumber } = entry
    const bounces = options.random() < 0.01
    return {
      entry,
      email: bounces ? `bounce+${idNumber}@simulator.amazonses.com` : `${idNumber.toLowerCase()}@example.org`,
      emailOptIn: options.random() < 0.95,
      language: languages[index % languages.length] ?? 'en',
      registers: index < registeredByApi ? 'by-api' : options.random() < 0.03 ? 'never' : 'seeded',
    }
  })
}

/** Whether the candidate must be mailed: registered and chose emails (every result is final). */
export const isRecipient = ({ emailOptIn, registers }: RehearsedCandidate): boolean =>
  emailOptIn && registers !== 'never'

export const filesOf = (candidates: readonly RehearsedCandidate[]) => {
  const entries = candidates.map(({ entry }) => entry)
  return { entries: entriesCsv(entries), results: resultsCsv(generateResults(entries)) }
}

/** The body of the candidate's registration request. */
export const registrationOf = ({ entry, email, emailOptIn, language }: RehearsedCandidate) => ({
  ...{ idNumber: entry.idNumber, secretNumber: entry.secretNumber, email, emailOptIn, language },
  ...{ password, passwordConfirmation: password, country: 'ES', firstLanguage: 'prefer-not-to-say' },
  termsAccepted: true,
})

/** The account as the register function would write it, except that all share one password hash. */
export const accountOf = (
  { entry, email, emailOptIn, language }: RehearsedCandidate,
  passwordHash: string,
): Account => ({
  ...{ idNumber: entry.idNumber, session: entry.session, email, passwordHash, emailOptIn, language, termsVersion },
  ...{ sessionEpoch: `epoch-${entry.idNumber}`, country: 'ES', firstLanguage: 'prefer-not-to-say' },
  registeredAt: epochMilliseconds(Date.parse('2026-11-01T09:00:00Z')),
  registrationHash: `seeded-${entry.idNumber}`,
})
