import { setTimeout as sleep } from 'node:timers/promises'
import { noFaults } from '../../infra/local/faults.ts'
import { seededRandom } from '../../infra/local/sample-data/random.ts'
import { type FaultProfile, faultProfiles, seededFaults } from '../../infra/local/seeded-faults.ts'
import { type LocalService, startLocalService } from '../../infra/local/service.ts'
import { argon2idHasher } from '../../shared/adapters/node/password-hasher.ts'
import { mailKinds, mailTags } from '../../shared/contracts/mail.ts'
import { accountOf, filesOf, password, type RehearsedCandidate, rehearsedCandidates } from './candidates.ts'
import { candidates as candidatesAt, clock as clockAt, importFile, operator, settled, withConcurrency } from './day.ts'
import { type Counts, countsOf, mailPromises, type Promised } from './promises.ts'
import { type RehearsalTables, rehearsalTables } from './tables.ts'

export interface RehearsalOptions {
  readonly candidates: number
  /** Mails a second that the local SES allows. */
  readonly rate: number
  readonly faults: FaultProfile
  readonly seed: number
  /** A line about how far it is. */
  readonly tell: (line: string) => void
}

export interface RehearsalReport {
  readonly counts: Counts
  readonly promises: readonly Promised[]
}

const hour = 3_600_000
const today = '2026-11-21'
/** Log-ins of the storm: each costs a hash, and this machine is no fleet. */
const stormOf = (candidates: number) => Math.min(200, Math.max(10, Math.floor(candidates / 50)))
const stormConcurrency = 12
const probes = 5

/** A whole results day on this machine: files, registrations, two people, the instant, a storm of log-ins, and the mails. */
export const rehearse = async (options: RehearsalOptions): Promise<RehearsalReport> => {
  const { rate, seed, candidates: count, tell } = options
  const faults = options.faults === faultProfiles.none ? undefined : seededFaults(options.faults, seededRandom(seed))
  // Nothing goes wrong until there is something to tell: the rehearsal is about the release.
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
    const prepared = await prepare(service, tables, everybody, tell)
    isDay = true
    const endOfDay = () => {
      isDay = false
    }
    const injected = faults?.injected ?? nothing
    return await release({ service, tables, everybody, tell, ...prepared, injected, endOfDay })
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
  readonly promises: readonly Promised[]
}

const prepare = async (
  { url }: LocalService,
  tables: RehearsalTables,
  everybody: readonly RehearsedCandidate[],
  tell: RehearsalOptions['tell'],
): Promise<Prepared> => {
  const [olga, piet] = [operator(url, 'olga'), operator(url, 'piet')]
  const files = filesOf(everybody)
  const entries = await importFile(olga, 'entries', files.entries)
  const results = await importFile(olga, 'results', files.results)
  tell(`imported ${entries} entries and ${results} results through the operators' routes`)

  const byApi = everybody.filter(({ registers }) => registers === 'by-api')
  const statuses = await withConcurrency(byApi, 4, candidatesAt(url).register)
  const seeded = everybody.filter(({ registers }) => registers === 'seeded')
  const hash = await argon2idHasher.hash(password)
  await tables.seed(seeded.map((candidate) => accountOf(candidate, hash)))
  const registered = statuses.filter((status) => status === 201).length
  tell(
    `registered ${registered} candidates through the API and ${seeded.length} straight into the table, with one hash for all of them`,
  )

  const session = everybody[0]?.entry.session ?? ''
  const instant = Math.ceil((await clockAt(url).now()) / 60_000) * 60_000 + hour
  const planned = await olga.planRelease({ session, releaseAt: new Date(instant).toISOString() })
  await piet.approveRelease(session, planned.manifest)
  for (let left = 3_000; left > 0; left--) {
    const { counts } = await olga.showRelease(session)
    if (counts.sealed === counts.results) break
    await sleep(200)
  }
  const { counts, releaseId } = await olga.showRelease(session)
  tell(`planned by olga, approved by piet, sealed ${counts.sealed} of ${counts.results}`)
  return {
    ...{ session, releaseId, instant },
    promises: [
      {
        promise: 'Every row of the files was applied',
        held: entries === everybody.length && results === everybody.length,
        told: `${entries} entries, ${results} results`,
      },
      {
        promise: 'Registration works through the API',
        held: registered === byApi.length,
        told: `${registered} of ${byApi.length}`,
      },
      {
        promise: 'Every result is sealed before the instant',
        held: counts.sealed === everybody.length,
        told: `${counts.sealed} of ${everybody.length}`,
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
    /** Nothing goes wrong any more. */
    readonly endOfDay: () => void
    readonly tell: RehearsalOptions['tell']
  },
): Promise<RehearsalReport> => {
  const { service, tables, everybody, instant, releaseId, injected, endOfDay, tell } = day
  const people = everybody.filter(({ registers }) => registers !== 'never')
  const clock = clockAt(service.url)
  const { look } = candidatesAt(service.url)

  await clock.moveTo(instant - 60_000)
  const before = await withConcurrency(people.slice(0, probes), probes, look)
  const early = before.filter(({ result }) => result === 'released').length

  await clock.moveTo(instant)
  const began = performance.now()
  const [storm, isSettled] = await Promise.all([
    loginStorm(people.slice(0, stormOf(people.length)), look),
    settled(service, {
      onProgress: (mails, waiting) => tell(`${mails} mails at the endpoint, ${waiting} messages in queues`),
    }),
  ])
  const seconds = (performance.now() - began) / 1_000
  endOfDay()

  const after = await withConcurrency(people.slice(0, probes), probes, look)
  const visible = after.filter(({ result }) => result === 'released').length
  const mails = [...service.aws.mails()]
    .filter(({ tags }) => tags[mailTags.kind] === mailKinds.resultsReleased)
    .map(({ to, sentAt }) => ({ to, at: Date.parse(sentAt) }))
  const report = await operator(service.url, 'olga').reportMails(day.session)
  const deliveries = await tables.deliveries(releaseId)
  const seen = { candidates: everybody, deliveries, mails, instant, injected, report }
  const counts = countsOf(seen)
  const deadLetters = service.aws
    .queues()
    .filter(({ arn }) => arn.endsWith('-dead-letters'))
    .reduce((sum, { visible: lying, notVisible, delayed }) => sum + lying + notVisible + delayed, 0)
  tell(`settled after ${seconds.toFixed(1)} s: ${mails.length} mails`)
  return {
    counts,
    promises: [
      ...day.promises,
      {
        promise: 'Nothing is visible before the instant',
        held: early === 0,
        told: `${early} of ${before.length} looks`,
      },
      {
        promise: 'Results are visible after it',
        held: visible === after.length,
        told: `${visible} of ${after.length} looks`,
      },
      {
        promise: 'Every log-in in the burst succeeds, or is asked to try again',
        held: storm.others === 0,
        told: `${storm.signedIn} signed in, ${storm.tryAgain} to try again, ${storm.others} otherwise`,
      },
      {
        promise: 'Everything completes without an operator',
        held: isSettled && deadLetters === 0,
        told: `${deadLetters} dead letters`,
      },
      ...mailPromises(seen, counts),
    ],
  }
}

const loginStorm = async (people: readonly RehearsedCandidate[], look: ReturnType<typeof candidatesAt>['look']) => {
  const statuses = (await withConcurrency(people, stormConcurrency, look)).map(({ status }) => status)
  const [signedIn, tryAgain] = [201, 429].map((wanted) => statuses.filter((status) => status === wanted).length)
  return {
    signedIn: signedIn ?? 0,
    tryAgain: tryAgain ?? 0,
    others: statuses.length - (signedIn ?? 0) - (tryAgain ?? 0),
  }
}
