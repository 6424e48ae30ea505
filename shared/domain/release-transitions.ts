import type { Release, ReleaseState } from './release.ts'

interface Transition {
  /** `none`: no row for this session yet. */
  readonly from: readonly (ReleaseState | 'none')[]
  readonly to: ReleaseState
  /** Only where the session has been opened, or only where it has not; either way if absent. */
  readonly opened?: boolean
}

/** Every step a release may take (R63). Conditions of the stored rows are made from it, so the two cannot drift. */
export const releaseTransitions = {
  plan: { from: ['none', 'planned', 'cancelled'], to: 'planned' },
  approve: { from: ['planned'], to: 'approved' },
  /** What was counted has changed: the plan stays, but nobody can approve or release it. */
  void: { from: ['planned', 'approved', 'held'], opened: false, to: 'planned' },
  open: { from: ['approved'], to: 'released' },
  /** Closes the gate, before or after the instant. What was agreed to stays agreed to. */
  hold: { from: ['approved', 'released'], to: 'held' },
  resume: { from: ['held'], opened: false, to: 'approved' },
  'resume-opened': { from: ['held'], opened: true, to: 'released' },
  /** Ends what has not happened; what candidates have seen is not made unseen. */
  cancel: { from: ['planned', 'approved', 'held'], opened: false, to: 'cancelled' },
} as const satisfies Record<string, Transition>

/** A correction goes the same way, without a hold of its own; after one that has happened comes the next. */
export const correctionTransitions = {
  ...releaseTransitions,
  plan: { from: ['none', 'planned', 'cancelled', 'released'], to: 'planned' },
} as const satisfies Record<string, Transition>

type Transitions = Readonly<Record<ReleaseStep, Transition>>

export type ReleaseStep = keyof typeof releaseTransitions

/** What a step depends on. */
export type ReleaseProgress = Pick<Release, 'state' | 'releasedAt'>

/** Whether the session's results have been visible under this release. */
export const wasOpened = ({ releasedAt }: Pick<ReleaseProgress, 'releasedAt'>): boolean => releasedAt !== undefined

/** Whether the step may be taken by a release that stands so; undefined where nothing has been planned. */
export const mayTake = (
  step: ReleaseStep,
  release: ReleaseProgress | undefined,
  transitions: Transitions = releaseTransitions,
): boolean => {
  const { from, opened } = transitions[step]
  if (!from.includes(release?.state ?? 'none')) return false
  return opened === undefined || release === undefined || wasOpened(release) === opened
}

/** The same for a stored row: the states in which it has to be, and whether it has to be opened. */
export const standingBefore = (
  step: ReleaseStep,
  transitions: Transitions = releaseTransitions,
): { readonly states: readonly ReleaseState[]; readonly opened: boolean | undefined } => {
  const { from, opened } = transitions[step]
  return { states: from.filter((state) => state !== 'none'), opened }
}
