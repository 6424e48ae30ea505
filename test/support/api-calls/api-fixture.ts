import { setTimeout as sleep } from 'node:timers/promises'
import { entriesCsv, resultsCsv } from '../../../infra/local/sample-data/csv.ts'
import { generateEntries, generateResults, type SampleEntry } from '../../../infra/local/sample-data/generate.ts'
import { applyImport } from '../../../shared/adapters/operations-api/apply-import.ts'
import { type OperationsApi, operationsApi } from '../../../shared/adapters/operations-api/operations-api.ts'
import type { ImportKind } from '../../../shared/contracts/messages.ts'
import { eventually, type LocalService } from '../local-service.ts'

/** A service in a state where every operation can succeed, and the identifiers needed for that. */
export interface ApiFixture {
  /** Bodies of accepted registrations. */
  readonly registrations: readonly Registration[]
  /** Session cookies of the registered candidates, some with a released result. */
  readonly cookies: readonly string[]
  /** Session cookies of candidates whose passwords and addresses may be changed. */
  readonly changersCookies: readonly string[]
  /** Session cookies of candidates who may be locked. */
  readonly spareCookies: readonly string[]
  readonly importIds: readonly string[]
  /** Planned by Olga, never approved. */
  readonly plannedSession: string
  /** Approved by Piet, for an instant that is not reached. */
  readonly approved: { readonly session: string; readonly manifest: string }
  /** Approved, and held by Olga. */
  readonly heldSession: string
  /** Epoch milliseconds on the service's clock after setup. */
  readonly now: number
}

export type Registration = ReturnType<typeof registrationOf>

export const password = 'Correct4Horse9Battery'
/** In milliseconds. */
export const hour = 3_600_000

/** Sets the fixture up through the public API: imports, a release, registrations and log-ins. */
export const createApiFixture = async (service: LocalService): Promise<ApiFixture> => {
  const [olga, piet] = [operatorsApi(service, 'olga'), operatorsApi(service, 'piet')]
  const sessions = ['calls-released', 'calls-planned', 'calls-approved', 'calls-held'] as const
  const entries = generateEntries({ seed: 7, count: 48, today: '2026-11-22' }).map(
    (entry, index): SampleEntry => ({
      ...entry,
      exam: 'b2-first',
      dateTaken: '2026-11-14',
      mode: 'digital',
      session: sessions[index % sessions.length] as string,
    }),
  )
  const importIds = [
    await importCsv(service, 'entries', entriesCsv(entries)),
    await importCsv(service, 'results', resultsCsv(generateResults(entries))),
  ]

  const { now: before } = (await service.getJson('/clock')) as { now: string }
  const at = (hours: number) => new Date(Math.ceil(Date.parse(before) / 60_000) * 60_000 + hours * hour).toISOString()
  const [released, planned, approved, held] = sessions
  const plan = (session: string, hours: number) => olga.planRelease({ session, releaseAt: at(hours) })
  await plan(planned, 10_000)
  const { manifest } = await plan(approved, 10_000)
  await piet.approveRelease(approved, manifest)
  await piet.approveRelease(held, (await plan(held, 10_000)).manifest)
  await olga.holdRelease(held)
  await piet.approveRelease(released, (await plan(released, 1)).manifest)
  await eventually('the results to be sealed', async () => {
    const { counts } = await olga.showRelease(released)
    return counts.sealed === counts.results
  })
  const now = Date.parse(await service.moveClock({ to: at(1) }))
  await eventually('the session to be released', async () => (await olga.showRelease(released)).state === 'released')

  const registrations = entries.map(registrationOf)
  const cookies = await Promise.all(registrations.map((registration) => signIn(service, registration)))
  return {
    registrations: registrations.slice(0, 24),
    cookies: cookies.slice(0, 24),
    changersCookies: cookies.slice(24, 33),
    spareCookies: cookies.slice(33),
    importIds,
    plannedSession: planned,
    approved: { session: approved, manifest },
    heldSession: held,
    now,
  }
}

const signIn = async (service: LocalService, registration: Registration): Promise<string> => {
  await service.call('POST', '/v1/registrations', { body: registration })
  const { idNumber } = registration
  const { cookie } = await service.call('POST', '/v1/sessions', { body: { idNumber, password } })
  if (cookie === undefined) throw new Error('a candidate could not log in')
  return cookie
}

const operatorsApi = (service: LocalService, person: string): OperationsApi =>
  operationsApi(fetch, service.url, {
    region: 'eu-west-1',
    credentials: { accessKeyId: `operator-${person}`, secretAccessKey: 'local' },
  })

/** Imports a valid file and returns the import's id. */
export const importCsv = async (service: LocalService, kind: ImportKind, csv: string): Promise<string> => {
  const file = { kind, fileName: `calls-${kind}.csv`, stage: 'dev', content: new Blob([csv]) }
  const { importId, state, errors } = await applyImport(operatorsApi(service, 'olga'), file, { sleep })
  if (state !== 'applied') throw new Error(`the ${kind} were ${state}: ${JSON.stringify(errors)}`)
  return importId
}

/** A valid registration for a loaded entry. */
export const registrationOf = ({ idNumber, secretNumber }: SampleEntry, index: number) => ({
  idNumber,
  secretNumber,
  email: `calls${index}@example.org`,
  password,
  passwordConfirmation: password,
  country: 'prefer-not-to-say',
  firstLanguage: 'prefer-not-to-say',
  termsAccepted: true,
  emailOptIn: index % 2 === 0,
  language: ['en', 'es', 'it', 'fr', 'de'][index % 5] as string,
})
