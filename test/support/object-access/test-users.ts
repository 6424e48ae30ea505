import { type ApiFixture, createApiFixture } from '../api-calls/api-fixture.ts'
import { openRawHttp, type RawHttp } from '../api-calls/raw-http.ts'
import { startLocalService } from '../local-service.ts'
import { foreignTo, type Identifier, seenBy, someOfEachKind } from './identifiers.ts'
import { candidate, operator, type Principal, strangers } from './principals.ts'
import { type ReplayOptions, type ReplayReport, replayAll } from './replays.ts'

/** A service, its users, and strangers. */
export interface TestUsers {
  readonly fixture: ApiFixture
  readonly http: RawHttp
  /** Two candidates of one session that is released, one of another session, and an operator. */
  readonly people: readonly [Principal, Principal, Principal, Principal]
  readonly strangers: readonly Principal[]
  /** Identifiers shown to the other users but not to this one. */
  foreignTo(principal: Principal): readonly Identifier[]
  /** Replays up to so many identifiers of each kind. */
  replay(
    principal: Principal,
    options: { readonly ofEachKind: number; readonly over?: RawHttp } & Pick<ReplayOptions, 'places' | 'operations'>,
  ): Promise<ReplayReport>
  stop(): Promise<void>
}

export const openTestUsers = async (): Promise<TestUsers> => {
  const service = await startLocalService()
  const fixture = await createApiFixture(service)
  const http = openRawHttp(service.url, 8)
  const people = [
    candidate(fixture, 0),
    candidate(fixture, 4),
    candidate(fixture, 1),
    operator(fixture, 'olga'),
  ] as const
  const nobodies = strangers(fixture)
  const seen = new Map<Principal, readonly Identifier[]>()
  for (const person of people) seen.set(person, await seenBy(http, person))
  const [nobody] = nobodies as [Principal]
  const publiclySeen = await seenBy(http, nobody)

  const others = (principal: Principal) => people.filter((one) => one !== principal)
  const foreign = (principal: Principal) =>
    foreignTo(
      seen.get(principal) ?? publiclySeen,
      others(principal).map((one) => seen.get(one) ?? []),
    )
  return {
    fixture,
    http,
    people,
    strangers: nobodies,
    foreignTo: foreign,
    async replay(principal, { ofEachKind, over = http, ...options }) {
      const identifiers = someOfEachKind(foreign(principal), ofEachKind)
      const asked = { foreign: foreign(principal), owners: others(principal), ...options }
      const report = await replayAll(over, principal, identifiers, asked)
      process.stdout.write(`${principal.name}: ${report.calls} replays of ${identifiers.length} identifiers\n`)
      return report
    },
    async stop() {
      http.close()
      await service.stop()
    },
  }
}
