import type { SendQuota } from '../../../infra/local/aws/mail/send-quota.ts'
import { type Faults, noFaults } from '../../../infra/local/faults.ts'
import { type FaultProfile, faultProfiles, type Injected, seededFaults } from '../../../infra/local/seeded-faults.ts'
import type { LocalAssembly } from '../../../infra/local/types.ts'
import type { FunctionName } from '../../../shared/contracts/environments.ts'
import { hour } from '../../../shared/domain/time.ts'
import { httpEvent } from '../http-event.ts'
import { seededRandom } from '../simulation/seeded-random.ts'
import type { Edit } from '../source-edits.ts'
import { deployedFunctions } from './deployed-functions.ts'
import { brokenPromises, type Outcome, outcomeOf } from './promises.ts'
import { approvedCorrection, approvedSession, correctionId, type Recipients, session } from './released-session.ts'
import { type MailWorld, mailWorld } from './world.ts'

/** Everything between the instant of a release and the last word about its mails. */
const simulated: readonly FunctionName[] = [
  'release/release-results',
  'events/publish-events',
  'mail/plan-result-emails',
  'mail/send-result-emails',
  'mail/record-email-outcomes',
  'mail/resend-unknown-emails',
  'release/hold-release',
  'release/resume-release',
]

export interface Rehearsal {
  readonly assembly: LocalAssembly
  readonly seed: number
  readonly candidates: number
  readonly faults?: FaultProfile
  readonly quota?: SendQuota
  /** Whether SES tells what becomes of the mails; true if absent. */
  readonly tells?: boolean
  /** Something broken on purpose. */
  readonly edits?: readonly Edit[]
  /** What else is to happen in this world. */
  readonly disturb?: (world: MailWorld) => void
  /** A day later an operator has sent again what is unknown, in better weather. */
  readonly resends?: true
  /** When it has come to rest, every other result is corrected, in the same weather, and told by mail. */
  readonly corrects?: true
  /** Called when it has come to rest, before anything is counted. */
  readonly rested?: () => void
  /** Ends it early: enough has been seen. */
  readonly isEnough?: (world: MailWorld) => boolean
  /** Goes on until this instant at least (epoch milliseconds). */
  readonly until?: number
}

export interface Rehearsed {
  readonly world: MailWorld
  readonly recipients: Recipients
  readonly outcome: Outcome
  /** Of the correction, if there was one. */
  readonly correction?: { readonly recipients: Recipients; readonly outcome: Outcome }
  readonly injected: Readonly<Injected>
}

/** A release from its schedule to rest, in virtual time. */
export const rehearse = async (rehearsal: Rehearsal): Promise<Rehearsed> => {
  const {
    assembly,
    seed,
    candidates,
    faults: profile = faultProfiles.none,
    quota,
    edits,
    disturb,
    isEnough = () => false,
    until = 0,
    resends,
    corrects,
    tells,
    rested = () => {},
  } = rehearsal
  const functions = await deployedFunctions(simulated, edits)
  const faults = profile === faultProfiles.none ? undefined : seededFaults(profile, seededRandom(~seed).next)
  const weather = { faults: faults ? butForPeople(faults) : noFaults }
  const world = mailWorld({
    assembly,
    functions,
    seed,
    weather,
    ...(quota && { quota }),
    ...(tells !== undefined && { tells }),
  })
  const recipients = approvedSession(world, candidates)
  disturb?.(world)
  const isDone = () => !world.rows('openings').all().next().done && world.now() >= until
  await world.run({ isDone, isEnough: () => isEnough(world), longest: 48 * hour })
  rested()
  const correction = corrects && (await corrected(world, isEnough))
  if (resends) {
    weather.faults = noFaults
    world.invokeLater(25 * hour, 'mail/resend-unknown-emails', requestOf('resendUnknown', assembly))
    const start = world.now()
    await world.run({ isDone: () => world.now() > start + 26 * hour, isEnough: () => false, longest: 48 * hour })
  }
  const none = { throttles: 0, ambiguous: 0, crashes: 0, duplicateDeliveries: 0 }
  return {
    world,
    recipients,
    outcome: outcomeOf(world, recipients),
    ...(correction && { correction: { recipients: correction, outcome: correctionOutcome(world, correction) } }),
    injected: faults?.injected ?? none,
  }
}

/** A person whose call fails makes it again at once; here it does not fail. */
const butForPeople = (faults: Faults): Faults => ({
  ofCall: (call) => (/^release\/(hold|resume)-release$/.test(call.caller) ? undefined : faults.ofCall(call)),
  ofBulkEntry: faults.ofBulkEntry,
  deliveriesOf: faults.deliveriesOf,
})

const corrected = async (world: MailWorld, isEnough: (world: MailWorld) => boolean): Promise<Recipients> => {
  const recipients = approvedCorrection(world)
  const isDone = () => stateOfCorrection(world)?.state === 'released'
  await world.run({ isDone, isEnough: () => isEnough(world), longest: 48 * hour })
  return recipients
}

const correctionOutcome = (world: MailWorld, recipients: Recipients): Outcome =>
  outcomeOf(world, recipients, correctionId, Number(stateOfCorrection(world)?.releaseAt))

const stateOfCorrection = (world: MailWorld) => [...world.rows('corrections').all()].at(0)

/** Throws, telling them, if a promise is broken. */
export const keepPromises = ({ outcome, recipients, correction, world }: Rehearsed): void => {
  const ofCorrection = correction ? brokenPromises(correction.outcome, correction.recipients) : []
  const broken = [...brokenPromises(outcome, recipients), ...ofCorrection.map((each) => `of the correction, ${each}`)]
  if (broken.length > 0) throw new Error(broken.join('; '))
  if (world.deadLetters() > 0) throw new Error(`${world.deadLetters()} messages wait for an operator`)
}

/** As API Gateway hands it on; the person is the name of the role's session. */
export const requestOf = (
  operation: 'resendUnknown' | 'holdRelease' | 'resumeRelease',
  { account }: LocalAssembly,
): ReturnType<typeof httpEvent> =>
  httpEvent(operation, {
    pathParameters: { session },
    userArn: `arn:aws:sts::${account}:assumed-role/operator/olga`,
  })
