import { sessionPattern } from '../../../shared/domain/identifiers.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import { wasOpened } from '../../../shared/domain/release-transitions.ts'
import type { Corrections, ReleaseSteps } from '../../../shared/ports/releases.ts'
import { type StepOutcome, type TakeStepPorts, takeStep, type WantedStep } from '../take-step.ts'

export interface CancelReleasePorts extends TakeStepPorts {
  readonly corrections: Pick<Corrections, 'find'>
  readonly correctionSteps: ReleaseSteps
}

export type CancelOutcome = StepOutcome & { readonly correction?: PlannedRelease }

export type CancelRelease = ReturnType<typeof cancelRelease>

/**
 * Cancels a release that has not happened or, if it has, a correction that has not (R63). Its schedule stays and, when it
 * fires, finds nothing to open.
 */
export const cancelRelease =
  (ports: CancelReleasePorts) =>
  async (wanted: WantedStep): Promise<CancelOutcome> => {
    const { releases, corrections, correctionSteps } = ports
    const release = sessionPattern.test(wanted.session) ? await releases.find(wanted.session) : undefined
    const correction = release && wasOpened(release) ? await corrections.find(wanted.session) : undefined
    if (!release || correction?.correction?.corrects !== release.releaseId) {
      return takeStep(ports, 'cancel', [{ step: 'cancel' }])(wanted)
    }
    const ofCorrection = { ...ports, releases: corrections, steps: correctionSteps }
    const done = await takeStep(ofCorrection, 'cancel', [{ step: 'cancel' }])(wanted)
    return done.outcome === 'taken'
      ? { outcome: 'taken', release, correction: done.release }
      : { outcome: 'not-now', release }
  }
