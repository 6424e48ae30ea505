import type { DomainEvent } from '../../shared/contracts/events.ts'
import { sessionPattern } from '../../shared/domain/identifiers.ts'
import type { PlannedRelease, TakenStep } from '../../shared/domain/release.ts'
import { mayTake, releaseTransitions } from '../../shared/domain/release-transitions.ts'
import { toIso } from '../../shared/domain/time.ts'
import type { Clock } from '../../shared/ports/clock.ts'
import type { NewId } from '../../shared/ports/ids.ts'
import type { ReleaseSteps, Releases } from '../../shared/ports/releases.ts'

export interface TakeStepPorts {
  readonly releases: Pick<Releases, 'find'>
  readonly steps: ReleaseSteps
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

export interface WantedStep {
  readonly session: string
  readonly by: string
}

export type StepOutcome =
  | { readonly outcome: 'taken'; readonly release: PlannedRelease }
  | { readonly outcome: 'no-such-release' }
  /** The step is not allowed in the release's current state. */
  | { readonly outcome: 'not-now'; readonly release: PlannedRelease }

/** One transition of a release, with the events it publishes. */
interface Way {
  readonly step: Parameters<ReleaseSteps['take']>[0]
  readonly events?: (release: PlannedRelease) => Promise<readonly DomainEvent[]>
}

/** Attempts, since somebody else may change the release between read and write. */
const maxAttempts = 3

/**
 * Takes the first of these transitions that the release's state allows. Idempotent for the same person, and atomic with its
 * line in the audit trail.
 */
export const takeStep =
  ({ releases, steps, clock, newId }: TakeStepPorts, kind: TakenStep['step'], ways: readonly Way[]) =>
  async ({ session, by }: WantedStep): Promise<StepOutcome> => {
    if (!sessionPattern.test(session)) return { outcome: 'no-such-release' }
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const release = await releases.find(session)
      if (!release) return { outcome: 'no-such-release' }
      if (isRepeat(release, kind, by, ways)) return { outcome: 'taken', release }
      const way = ways.find(({ step }) => mayTake(step, release))
      if (!way) return { outcome: 'not-now', release }
      const lastStep: TakenStep = { step: kind, by, at: clock.now() }
      const taken = await steps.take(
        way.step,
        release,
        lastStep,
        auditOf(release, lastStep, newId()),
        await way.events?.(release),
      )
      const { to: state } = releaseTransitions[way.step]
      if (taken === 'taken') return { outcome: 'taken', release: { ...release, state, lastStep } }
    }
    throw new Error('the release kept changing')
  }

const isRepeat = (
  { state, lastStep }: PlannedRelease,
  kind: TakenStep['step'],
  by: string,
  ways: readonly Way[],
): boolean =>
  lastStep?.step === kind && lastStep.by === by && ways.some(({ step }) => releaseTransitions[step].to === state)

const pastParticiples = { hold: 'held', resume: 'resumed', cancel: 'cancelled' } as const

const auditOf = (
  { session, releaseId, state, releaseAt, manifest, correction }: PlannedRelease,
  { step, by, at }: TakenStep,
  id: string,
) => ({
  subject: `release/${session}`,
  at,
  id,
  by,
  action: `${correction ? 'correction' : 'release'}-${pastParticiples[step]}`,
  details: { releaseId, stateBefore: state, releaseAt: toIso(releaseAt), manifest },
})
