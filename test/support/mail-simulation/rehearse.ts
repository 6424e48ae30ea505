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
import { type Outcome, outcomeOf, violations } from './guarantees.ts'
import { approvedCorrection, approvedSession, correctionId, type Recipients, session } from './released-session.ts'
import { type MailSimulation, mailSimulation } from './simulation.ts'

/** All functions between the release instant and the last feedback on its mails. */
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
  /** Whether SES sends feedback events; true if absent. */
  readonly tells?: boolean
  /** Source edits that break something on purpose. */
  readonly edits?: readonly Edit[]
  /** Additional actions during the simulation. */
  readonly intervene?: (simulation: MailSimulation) => void
  /** A day later an operator resends unknown mails, without faults. */
  readonly resends?: true
  /** After the release, every other result is corrected, with the same faults, and mailed. */
  readonly corrects?: true
  /** Called when the release has completed, before anything is counted. */
  readonly rested?: () => void
  /** Ends the simulation early. */
  readonly isEnough?: (simulation: MailSimulation) => boolean
  /** Minimum end of the simulation (epoch milliseconds). */
  readonly until?: number
}

export interface Rehearsed {
  readonly simulation: MailSimulation
  readonly recipients: Recipients
  readonly outcome: Outcome
  /** Of the correction, if there was one. */
  readonly correction?: { readonly recipients: Recipients; readonly outcome: Outcome }
  readonly injected: Readonly<Injected>
}

/** Runs a release from its schedule to completion, in virtual time. */
export const rehearse = async (rehearsal: Rehearsal): Promise<Rehearsed> => {
  const {
    assembly,
    seed,
    candidates,
    faults: profile = faultProfiles.none,
    quota,
    edits,
    intervene,
    isEnough = () => false,
    until = 0,
    resends,
    corrects,
    tells,
    rested = () => {},
  } = rehearsal
  const functions = await deployedFunctions(simulated, edits)
  const faults = profile === faultProfiles.none ? undefined : seededFaults(profile, seededRandom(~seed).next)
  const conditions = { faults: faults ? butForPeople(faults) : noFaults }
  const simulation = mailSimulation({
    assembly,
    functions,
    seed,
    conditions,
    ...(quota && { quota }),
    ...(tells !== undefined && { tells }),
  })
  const recipients = approvedSession(simulation, candidates)
  intervene?.(simulation)
  const isDone = () => !simulation.rows('openings').all().next().done && simulation.now() >= until
  await simulation.run({ isDone, isEnough: () => isEnough(simulation), longest: 48 * hour })
  rested()
  const correction = corrects && (await corrected(simulation, isEnough))
  if (resends) {
    conditions.faults = noFaults
    simulation.invokeLater(25 * hour, 'mail/resend-unknown-emails', requestOf('resendUnknown', assembly))
    const start = simulation.now()
    await simulation.run({
      isDone: () => simulation.now() > start + 26 * hour,
      isEnough: () => false,
      longest: 48 * hour,
    })
  }
  const none = { throttles: 0, ambiguous: 0, crashes: 0, duplicateDeliveries: 0 }
  return {
    simulation,
    recipients,
    outcome: outcomeOf(simulation, recipients),
    ...(correction && { correction: { recipients: correction, outcome: correctionOutcome(simulation, correction) } }),
    injected: faults?.injected ?? none,
  }
}

/** No faults for calls by operators, who would simply retry them. */
const butForPeople = (faults: Faults): Faults => ({
  ofCall: (call) => (/^release\/(hold|resume)-release$/.test(call.caller) ? undefined : faults.ofCall(call)),
  ofBulkEntry: faults.ofBulkEntry,
  deliveriesOf: faults.deliveriesOf,
})

const corrected = async (
  simulation: MailSimulation,
  isEnough: (simulation: MailSimulation) => boolean,
): Promise<Recipients> => {
  const recipients = approvedCorrection(simulation)
  const isDone = () => stateOfCorrection(simulation)?.state === 'released'
  await simulation.run({ isDone, isEnough: () => isEnough(simulation), longest: 48 * hour })
  return recipients
}

const correctionOutcome = (simulation: MailSimulation, recipients: Recipients): Outcome =>
  outcomeOf(simulation, recipients, correctionId, Number(stateOfCorrection(simulation)?.releaseAt))

const stateOfCorrection = (simulation: MailSimulation) => [...simulation.rows('corrections').all()].at(0)

/** Throws, listing the violations, if a guarantee is violated. */
export const assertGuarantees = ({ outcome, recipients, correction, simulation }: Rehearsed): void => {
  const ofCorrection = correction ? violations(correction.outcome, correction.recipients) : []
  const broken = [...violations(outcome, recipients), ...ofCorrection.map((each) => `of the correction, ${each}`)]
  if (broken.length > 0) throw new Error(broken.join('; '))
  if (simulation.deadLetters() > 0) throw new Error(`${simulation.deadLetters()} messages wait for an operator`)
}

/** An operator's request in API Gateway's format; the person is the role session name. */
export const requestOf = (
  operation: 'resendUnknown' | 'holdRelease' | 'resumeRelease',
  { account }: LocalAssembly,
): ReturnType<typeof httpEvent> =>
  httpEvent(operation, {
    pathParameters: { session },
    userArn: `arn:aws:sts::${account}:assumed-role/operator/olga`,
  })
