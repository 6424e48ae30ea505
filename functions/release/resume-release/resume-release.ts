import type { DomainEvent } from '../../../shared/contracts/events.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import { toIso } from '../../../shared/domain/time.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { Openings, ReleaseSchedules } from '../../../shared/ports/releases.ts'
import { scheduleRelease } from '../schedule-release.ts'
import { type StepOutcome, type TakeStepPorts, takeStep, type WantedStep } from '../take-step.ts'

export interface ResumeReleasePorts extends TakeStepPorts {
  readonly schedules: ReleaseSchedules
  readonly openings: Openings
}

export type ResumeRelease = ReturnType<typeof resumeRelease>

/**
 * Resumes a held release (R63): visible again if it had been opened, else opened at its instant, or at once if that has
 * passed. Publishes again the events that were ignored during the hold; consumers are idempotent.
 */
export const resumeRelease =
  (ports: ResumeReleasePorts) =>
  async (wanted: WantedStep): Promise<StepOutcome> => {
    const taken = await takeStep(ports, 'resume', [
      { step: 'resume', events: async (release) => [approvedAgain(release, ports.newId)] },
      { step: 'resume-opened', events: (release) => openedAgain(ports, release) },
    ])(wanted)
    // Its own schedule may have fired during the hold, without effect.
    if (taken.outcome === 'taken' && taken.release.state === 'approved') await scheduleRelease(ports, taken.release)
    return taken
  }

const approvedAgain = ({ releaseId, session }: PlannedRelease, newId: NewId): DomainEvent => ({
  eventId: newId(),
  type: 'release-approved',
  detail: { version: 1, releaseId, session },
})

/** Corrections may have been opened while the release was held. */
const openedAgain = async (
  { openings, newId }: ResumeReleasePorts,
  { releaseId, session, releasedAt }: PlannedRelease,
): Promise<readonly DomainEvent[]> => {
  if (releasedAt === undefined) throw new Error('a release that was not opened cannot be open again')
  const { corrections = {} } = (await openings.find(session)) ?? {}
  return [
    {
      eventId: newId(),
      type: 'results-released',
      detail: { version: 1, releaseId, session, releasedAt: toIso(releasedAt) },
    },
    ...Object.entries(corrections).map(
      ([correctionId, { correctedAt, notify }]): DomainEvent => ({
        eventId: newId(),
        type: 'results-corrected',
        detail: { version: 1, releaseId, session, correctionId, notify, correctedAt: toIso(correctedAt) },
      }),
    ),
  ]
}
