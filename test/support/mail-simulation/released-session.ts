import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { sessionShardOf, shardOf } from '../../../shared/domain/identifiers.ts'
import { languages } from '../../../shared/domain/language.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import type { ResultVersion } from '../../../shared/domain/result.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import { currentMailTemplates } from '../../../shared/emails/mail-templates.ts'
import { sampleAccount, sampleEntry } from '../samples.ts'
import { seededRandom } from '../simulation/seeded-random.ts'
import type { MailSimulation } from './simulation.ts'

export const session = '2026-11-b2-first-digital'
export const releaseId = '11111111-2222-4333-8444-555555555555'
export const instant = epochMilliseconds(Date.parse('2026-12-01T09:00:00.000Z'))

/** The expected recipients, by address; addresses are unique, so that a duplicate mail is detected. */
export type Recipients = ReadonlyMap<string, { readonly idNumber: string }>

/**
 * A session approved and sealed for the instant, in all languages; most candidates chose emails and passed. Returns the
 * expected recipients.
 */
export const approvedSession = (simulation: MailSimulation, candidates: number): Recipients => {
  const random = seededRandom(candidates)
  const recipients = new Map<string, { idNumber: string }>()
  const sealed: Record<string, number> = {}
  for (let number = 0; number < candidates; number++) {
    const idNumber = `B${String((number * 61_803_399) % 100_000_000).padStart(8, '0')}`
    const state = random.chance(0.98) ? 'final' : random.chance(0.5) ? 'held' : 'withdrawn'
    const emailOptIn = random.chance(0.95)
    const email = addressOf(idNumber, random.next())
    const sessionShard = sessionShardOf(session, idNumber)
    simulation.rows('entries').put({ ...sampleEntry({ idNumber, session, givenName: `Ana ${number}` }), sessionShard })
    simulation.rows('accounts').put({
      ...sampleAccount({
        idNumber,
        session,
        email,
        emailOptIn,
        language: languages[number % languages.length] ?? 'en',
      }),
      sessionShard,
    })
    simulation.rows('results').put({ ...resultOf(idNumber, state), sessionShard })
    sealed[shardOf(idNumber)] = (sealed[shardOf(idNumber)] ?? 0) + 1
    if (emailOptIn && state === 'final') recipients.set(email, { idNumber })
  }
  simulation.rows('releases').put({ ...releaseOf(candidates, recipients.size), sealedByShard: sealed })
  simulation.invokeLater(Math.max(0, instant - 60_000 - simulation.now()), 'release/release-results', {
    session,
    releaseId,
  })
  return recipients
}

/** 1 % bounce. Nobody complains: a single complaint among the first hundreds would correctly trip the breaker. */
const addressOf = (idNumber: string, chance: number): string =>
  chance < 0.01 ? `bounce+${idNumber}@simulator.amazonses.com` : `${idNumber}@example.org`

const resultOf = (idNumber: string, state: ResultVersion['state']): ResultVersion => ({
  ...{ idNumber, version: 1, session, state, digest: `digest of ${idNumber}` },
  payload: { grade: 'B', skills: [] },
  sealedFor: releaseId,
  visibleFrom: instant,
})

export const correctionId = '66666666-7777-4888-8999-000000000000'

/**
 * A correction of every other result, approved and sealed, with mails: some results were held before and are final now.
 * Returns the expected recipients, by address.
 */
export const approvedCorrection = (simulation: MailSimulation): Recipients => {
  const correctAt = epochMilliseconds(simulation.now() + 60_000)
  const recipients = new Map<string, { idNumber: string }>()
  const sealed: Record<string, number> = {}
  const accounts = [...simulation.rows('accounts').all()]
  accounts.forEach(({ idNumber, email, emailOptIn, sessionShard }, index) => {
    const [id, shard] = [String(idNumber), shardOf(String(idNumber))]
    sealed[shard] = (sealed[shard] ?? 0) + 1
    if (index % 2 > 0) return
    const version = { ...resultOf(id, 'final'), version: 2, sealedFor: correctionId, visibleFrom: correctAt }
    simulation.rows('results').put({ ...version, sessionShard })
    if (emailOptIn === true) recipients.set(String(email), { idNumber: id })
  })
  const release = releaseOf(accounts.length, recipients.size)
  const correction = { corrects: releaseId, notify: true, changes: Math.ceil(accounts.length / 2) }
  const row = { ...release, releaseId: correctionId, releaseAt: correctAt, correction, sealedByShard: sealed }
  simulation.rows('corrections').put(row)
  simulation.invokeLater(1_000, 'release/release-results', { session, releaseId: correctionId })
  return recipients
}

const releaseOf = (results: number, recipients: number): PlannedRelease => ({
  ...{
    session,
    releaseId,
    state: 'approved',
    releaseAt: instant,
    plannedBy: 'olga',
    approvedBy: 'piet',
    manifest: 'm',
  },
  counts: { entries: results, results, entriesWithoutResult: 0, resultsWithoutEntry: 0, recipients },
  shardManifests: [],
  mailTemplates: currentMailTemplates(sha256).digest,
})
