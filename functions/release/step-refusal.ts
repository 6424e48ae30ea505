import type { PlannedRelease, TakenStep } from '../../shared/domain/release.ts'
import { wasOpened } from '../../shared/domain/release-transitions.ts'

/** Why a step is not allowed in the release's current state, and what to do instead. */
export const stepRefusal = (step: TakenStep['step'], release: PlannedRelease): string => sentences[step](release)

const by = ({ lastStep }: PlannedRelease) => (lastStep ? ` by ${lastStep.by}` : '')

const sentences: Readonly<Record<TakenStep['step'], (release: PlannedRelease) => string>> = {
  hold: (release) => {
    switch (release.state) {
      case 'held':
        return `It is held already${by(release)}.`
      case 'cancelled':
        return `It is cancelled${by(release)}; there is nothing to hold.`
      default:
        return 'Nobody has approved it, so nothing will be opened. To cancel it: release cancel.'
    }
  },
  resume: (release) => {
    if (release.state === 'cancelled') return `It is cancelled${by(release)}; plan it again.`
    if (release.state === 'planned' && release.lastStep?.step === 'hold')
      return 'The approved results have changed while it was held. Plan it again, then have another person approve it.'
    return `It is not held, it is ${release.state}.`
  },
  cancel: (release) => {
    if (wasOpened(release))
      return 'Its results have been visible and cannot be taken back. To hide them for now: release hold. To change them: import the right ones and plan again, which plans a correction; that one can be cancelled until it has happened.'
    return `It is cancelled already${by(release)}.`
  },
}
