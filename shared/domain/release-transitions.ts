import type { ReleaseState } from './release.ts'

interface Transition {
  /** `none`: no row for this session yet. */
  readonly from: readonly (ReleaseState | 'none')[]
  readonly to: ReleaseState
}

/** Every step a release may take (R63). Conditions of the stored rows are made from it, so the two cannot drift. */
export const releaseTransitions = {
  plan: { from: ['none', 'planned', 'cancelled'], to: 'planned' },
  approve: { from: ['planned'], to: 'approved' },
  /** What was counted has changed: the plan stays, but nobody can approve or release it. */
  void: { from: ['planned', 'approved'], to: 'planned' },
  open: { from: ['approved'], to: 'released' },
} as const satisfies Record<string, Transition>

export type ReleaseStep = keyof typeof releaseTransitions

/** Whether the step may be taken from this state; undefined where nothing has been planned. */
export const mayTake = (step: ReleaseStep, state: ReleaseState | undefined): boolean =>
  (releaseTransitions[step].from as Transition['from']).includes(state ?? 'none')

/** The stored states from which the step may be taken. */
export const statesBefore = (step: ReleaseStep): readonly ReleaseState[] =>
  (releaseTransitions[step].from as Transition['from']).filter((state) => state !== 'none')
