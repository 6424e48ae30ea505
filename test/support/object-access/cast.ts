import { openWire, type Wire } from '../api-calls/wire.ts'
import { populate, type World } from '../api-calls/world.ts'
import { startLocalService } from '../local-service.ts'
import { foreignTo, type Identifier, seenBy, someOfEachKind } from './identifiers.ts'
import { candidate, operator, type Principal, strangers } from './principals.ts'
import { type ReplayOptions, type ReplayReport, replayAll } from './replays.ts'

/** A service, people who are told things by it, and strangers. */
export interface Cast {
  readonly world: World
  readonly wire: Wire
  /** Two candidates of one session that is released, one of another session, and an operator. */
  readonly people: readonly [Principal, Principal, Principal, Principal]
  readonly strangers: readonly Principal[]
  /** What the others are told and this one is not. */
  foreignTo(principal: Principal): readonly Identifier[]
  /** Replays at most so many identifiers of each kind. */
  replay(
    principal: Principal,
    options: { readonly ofEachKind: number; readonly over?: Wire } & Pick<ReplayOptions, 'places' | 'operations'>,
  ): Promise<ReplayReport>
  stop(): Promise<void>
}

export const openCast = async (): Promise<Cast> => {
  const service = await startLocalService()
  const world = await populate(service)
  const wire = openWire(service.url, 8)
  const people = [candidate(world, 0), candidate(world, 4), candidate(world, 1), operator(world, 'olga')] as const
  const nobodies = strangers(world)
  const seen = new Map<Principal, readonly Identifier[]>()
  for (const person of people) seen.set(person, await seenBy(wire, person))
  const [nobody] = nobodies as [Principal]
  const publiclySeen = await seenBy(wire, nobody)

  const others = (principal: Principal) => people.filter((one) => one !== principal)
  const foreign = (principal: Principal) =>
    foreignTo(
      seen.get(principal) ?? publiclySeen,
      others(principal).map((one) => seen.get(one) ?? []),
    )
  return {
    world,
    wire,
    people,
    strangers: nobodies,
    foreignTo: foreign,
    async replay(principal, { ofEachKind, over = wire, ...options }) {
      const identifiers = someOfEachKind(foreign(principal), ofEachKind)
      const asked = { foreign: foreign(principal), owners: others(principal), ...options }
      const report = await replayAll(over, principal, identifiers, asked)
      process.stdout.write(`${principal.name}: ${report.calls} replays of ${identifiers.length} identifiers\n`)
      return report
    },
    async stop() {
      wire.close()
      await service.stop()
    },
  }
}
