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
  /** Through the API, into the table, or not at all. */
  readonly registers: 'by-api' | 'seeded' | 'never'
}

/** Everybody's. */
export const password = 'Rehearsal4Everybody'

/** Through the API, a registration costs two hashes of the processor's time: this many show that it works. */
const registeredByApi = 20

/** All sit one exam on one day, so that one release tells them all. */
const sessionOf = (today: string) => {
  const dateTaken = new Date(Date.parse(`${today}T00:00:00Z`) - 14 * 86_400_000).toISOString().slice(0, 10)
  return { exam: 'b2-first', mode: 'digital', dateTaken, session: `${dateTaken}-b2-first-digital` } as const
}

/**
 * As many as asked for: 95 in a hundred chose emails, three never registered, one has an address that bounces. Everybody
 * has an address of their own, so that a second mail to one is seen.
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

/** Who is to be mailed: who registered and chose it; every result is final. */
export const isRecipient = ({ emailOptIn, registers }: RehearsedCandidate): boolean =>
  emailOptIn && registers !== 'never'

export const filesOf = (candidates: readonly RehearsedCandidate[]) => {
  const entries = candidates.map(({ entry }) => entry)
  return { entries: entriesCsv(entries), results: resultsCsv(generateResults(entries)) }
}

/** What a candidate sends to register. */
export const registrationOf = ({ entry, email, emailOptIn, language }: RehearsedCandidate) => ({
  ...{ idNumber: entry.idNumber, secretNumber: entry.secretNumber, email, emailOptIn, language },
  ...{ password, passwordConfirmation: password, country: 'ES', firstLanguage: 'prefer-not-to-say' },
  termsAccepted: true,
})

/** The account that the register function would have written, but for its hash, which all share. */
export const accountOf = (
  { entry, email, emailOptIn, language }: RehearsedCandidate,
  passwordHash: string,
): Account => ({
  ...{ idNumber: entry.idNumber, session: entry.session, email, passwordHash, emailOptIn, language, termsVersion },
  ...{ sessionEpoch: `epoch-${entry.idNumber}`, country: 'ES', firstLanguage: 'prefer-not-to-say' },
  registeredAt: epochMilliseconds(Date.parse('2026-11-01T09:00:00Z')),
  registrationHash: `seeded-${entry.idNumber}`,
})
