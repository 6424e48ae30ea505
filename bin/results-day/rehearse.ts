import { setTimeout as sleep } from 'node:timers/promises'
import { noFaults } from '../../infra/local/faults.ts'
import { seededRandom } from '../../infra/local/sample-data/random.ts'
import { type FaultProfile, faultProfiles, seededFaults } from '../../infra/local/seeded-faults.ts'
import { type LocalService, startLocalService } from '../../infra/local/service.ts'
import { argon2idHasher } from '../../shared/adapters/node/password-hasher.ts'
import { mailKinds, mailTags } from '../../shared/contracts/mail.ts'
import {
  candidateClient,
  clockClient,
  importFile,
  operatorClient,
  waitUntilIdle,
  withConcurrency,
} from './api-clients.ts'
import { accountOf, filesOf, password, type RehearsedCandidate, rehearsedCandidates } from './candidates.ts'
import { type Counts, countsOf, type GuaranteeCheck, mailGuarantees } from './guarantees.ts'
import { type RehearsalTables, rehearsalTables } from './tables.ts'

export interface RehearsalOptions {
  readonly candidates: number
  /** Send rate of the local SES, in mails per second. */
  readonly rate: number
  readonly faults: FaultProfile
  readonly seed: number
  /** Receives progress, line by line. */
  readonly log: (line: string) => void
}

export interface RehearsalReport {
  readonly counts: Counts
  readonly guarantees: readonly GuaranteeCheck[]
}

const hour = 3_600_000
const today = '2026-11-21'
/** Number of log-ins in the burst. Each costs a password hash, so it is limited for one machine. */
const burstSizeOf = (candidates: number) => Math.min(200, Math.max(10, Math.floor(candidates / 50)))
const burstConcurrency = 12
const probes = 5

/** Runs a whole results day: imports, registrations, planning and approval, the release, a burst of log-ins, and the mails. */
export const rehearse = async (options: RehearsalOptions): Promise<RehearsalReport> => {
  const { rate, seed, candidates: count, log } = options
  const faults = options.faults === faultProfiles.none ? undefined : seededFaults(options.faults, seededRandom(seed))
  // Faults start with the release: imports and registrations are only its preparation.
  let isDay = false
  const service = await startLocalService({
    port: 0,
    log: () => {},
    sendQuota: { rate, daily: 1_000_000 + 10 * count },
    ...(faults && {
      faults: {
        ofCall: (call) => (isDay ? faults.ofCall(call) : undefined),
        ofBulkEntry: () => (isDay ? faults.ofBulkEntry() : undefined),
        deliveriesOf: (queue) => (isDay ? faults : noFaults).deliveriesOf(queue),
      },
    }),
  })
  const tables = await rehearsalTables(service.dynamoDbUrl, 'eu-west-1')
  try {
    const everybody = rehearsedCandidates({ count, seed, today, random: seededRandom(seed + 1) })
    const prepared = await prepare(service, tables, everybody, log)
    isDay = true
    const endOfDay = () => {
      isDay = false
    }
    const injected = faults?.injected ?? nothing
    return await release({ service, tables, everybody, log, ...prepared, injected, endOfDay })
  } finally {
    tables.close()
    await service.stop()
  }
}

const nothing = { throttles: 0, ambiguous: 0, crashes: 0, duplicateDeliveries: 0 }

interface Prepared {
  readonly session: string
  readonly releaseId: string
  readonly instant: number
  readonly guarantees: readonly GuaranteeCheck[]
}

const prepare = async (
  { url }: LocalService,
  tables: RehearsalTables,
  everybody: readonly RehearsedCandidate[],
  log: RehearsalOptions['log'],
): Promise<Prepared> => {
  const [olga, piet] = [operatorClient(url, 'olga'), operatorClient(url, 'piet')]
  const files = filesOf(everybody)
  const entries = await importFile(olga, 'entries', files.entries)
  const results = await importFile(olga, 'results', files.results)
  log(`imported ${entries} entries and ${results} results through the operators' routes`)

  const byApi = everybody.filter(({ registers }) => registers === 'by-api')
  const statuses = await withConcurrency(byApi, 4, candidateClient(url).register)
  const seeded = everybody.filter(({ registers }) => registers === 'seeded')
  const hash = await argon2idHasher.hash(password)
  await tables.seed(seeded.map((candidate) => accountOf(candidate, hash)))
  const registered = statuses.filter((status) => status === 201).length
  log(
    `registered ${registered} candidates through the API and ${seeded.length} directly in the table, all with the same password hash`,
  )

  const session = everybody[0]?.entry.session ?? ''
  const instant = Math.ceil((await clockClient(url).now()) / 60_000) * 60_000 + hour
  const planned = await olga.planRelease({ session, releaseAt: new Date(instant).toISOString() })
  await piet.approveRelease(session, planned.manifest)
  for (let left = 3_000; left > 0; left--) {
    const { counts } = await olga.showRelease(session)
    if (counts.sealed === counts.results) break
    await sleep(200)
  }
  const { counts, releaseId } = await olga.showRelease(session)
  log(`planned by olga, approved by piet; sealed ${counts.sealed} of ${counts.results}`)
  return {
    ...{ session, releaseId, instant },
    guarantees: [
      {
        guarantee: 'Every row of the files is applied',
        held: entries === everybody.length && results === everybody.length,
        evidence: `${entries} entries, ${results} results`,
      },
      {
        guarantee: 'Registrations through the API succeed',
        held: registered === byApi.length,
        evidence: `${registered} of ${byApi.length}`,
      },
      {
        guarantee: 'Every result is sealed before the instant',
        held: counts.sealed === everybody.length,
        evidence: `${counts.sealed} of ${everybody.length}`,
      },
    ],
  }
}

const release = async (
  day: Prepared & {
    readonly service: LocalService
    readonly tables: RehearsalTables
    readonly everybody: readonly RehearsedCandidate[]
    readonly injected: Counts['injected']
    /** Stops fault injection. */
    readonly endOfDay: () => void
    readonly log: RehearsalOptions['log']
  },
): Promise<RehearsalReport> => {
  const { service, tables, everybody, instant, releaseId, injected, endOfDay, log } = day
  const people = everybody.filter(({ registers }) => registers !== 'never')
  const clock = clockClient(service.url)
  const { viewResult } = candidateClient(service.url)

  await clock.moveTo(instant - 60_000)
  const before = await withConcurrency(people.slice(0, probes), probes, viewResult)
  const early = before.filter(({ result }) => result === 'released').length

  await clock.moveTo(instant)
  const began = performance.now()
  const [burst, isSettled] = await Promise.all([
    logInBurst(people.slice(0, burstSizeOf(people.length)), viewResult),
    waitUntilIdle(service, {
      onProgress: (mails, waiting) => log(`${mails} mails at the endpoint, ${waiting} messages in queues`),
    }),
  ])
  const seconds = (performance.now() - began) / 1_000
  endOfDay()

  const after = await withConcurrency(people.slice(0, probes), probes, viewResult)
  const visible = after.filter(({ result }) => result === 'released').length
  const mails = [...service.aws.mails()]
    .filter(({ tags }) => tags[mailTags.kind] === mailKinds.resultsReleased)
    .map(({ to, sentAt }) => ({ to, at: Date.parse(sentAt) }))
  const report = await operatorClient(service.url, 'olga').reportMails(day.session)
  const deliveries = await tables.deliveries(releaseId)
  const seen = { candidates: everybody, deliveries, mails, instant, injected, report }
  const counts = countsOf(seen)
  const deadLetters = service.aws
    .queues()
    .filter(({ arn }) => arn.endsWith('-dead-letters'))
    .reduce((sum, { visible: lying, notVisible, delayed }) => sum + lying + notVisible + delayed, 0)
  log(`all queues empty after ${seconds.toFixed(1)} s: ${mails.length} mails`)
  return {
    counts,
    guarantees: [
      ...day.guarantees,
      {
        guarantee: 'Nothing is visible before the instant',
        held: early === 0,
        evidence: `visible in ${early} of ${before.length} requests`,
      },
      {
        guarantee: 'Results are visible after it',
        held: visible === after.length,
        evidence: `visible in ${visible} of ${after.length} requests`,
      },
      {
        guarantee: 'Every log-in of the burst succeeds or is asked to try again',
        held: burst.others === 0,
        evidence: `${burst.signedIn} signed in, ${burst.tryAgain} asked to try again, ${burst.others} other responses`,
      },
      {
        guarantee: 'All queues drain without an operator',
        held: isSettled && deadLetters === 0,
        evidence: `${deadLetters} dead letters`,
      },
      ...mailGuarantees(seen, counts),
    ],
  }
}

const logInBurst = async (
  people: readonly RehearsedCandidate[],
  viewResult: ReturnType<typeof candidateClient>['viewResult'],
) => {
  const statuses = (await withConcurrency(people, burstConcurrency, viewResult)).map(({ status }) => status)
  const [signedIn, tryAgain] = [201, 429].map((wanted) => statuses.filter((status) => status === wanted).length)
  return {
    signedIn: signedIn ?? 0,
    tryAgain: tryAgain ?? 0,
    others: statuses.length - (signedIn ?? 0) - (tryAgain ?? 0),
  }
}
