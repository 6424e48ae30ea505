import { describe, expect, test } from '@jest/globals'
import { type ReleaseState, releaseStates } from '../../../shared/domain/release.ts'
import {
  correctionTransitions,
  mayTake,
  type ReleaseProgress,
  type ReleaseStep,
  releaseTransitions,
  standingBefore,
} from '../../../shared/domain/release-transitions.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'

const steps = Object.keys(releaseTransitions) as ReleaseStep[]
const leadingTo = (state: string) => steps.filter((step) => releaseTransitions[step].to === state)
const openedAt = epochMilliseconds(1)

/** A release as it stands, and whether two people stand behind it. */
interface Walked {
  readonly release: ReleaseProgress | undefined
  readonly agreed: boolean
  readonly way: readonly ReleaseStep[]
}

const after = ({ release, agreed, way }: Walked, step: ReleaseStep): Walked => ({
  release: {
    state: releaseTransitions[step].to,
    ...(step === 'open' && { releasedAt: openedAt }),
    ...(step !== 'open' && step !== 'plan' && release?.releasedAt && { releasedAt: release.releasedAt }),
  },
  agreed: step === 'approve' || (agreed && !['plan', 'void', 'cancel'].includes(step)),
  way: [...way, step],
})

/** Everywhere that steps can lead, each standing once, by the shortest way. */
const everywhere = (may: typeof mayTake = mayTake): readonly Walked[] => {
  const seen = new Map<string, Walked>()
  const queue: Walked[] = [{ release: undefined, agreed: false, way: [] }]
  for (let walked = queue.shift(); walked; walked = queue.shift()) {
    const key = JSON.stringify([walked.release, walked.agreed])
    if (seen.has(key)) continue
    seen.set(key, walked)
    const here = walked
    queue.push(...steps.filter((step) => may(step, here.release)).map((step) => after(here, step)))
  }
  return [...seen.values()]
}

const faults = (places: readonly Walked[]) =>
  places.filter(({ release, agreed }) => {
    const needsTwo = ['approved', 'held', 'released'].includes(release?.state ?? 'none')
    const hasOpened = release?.releasedAt !== undefined
    const staysOpened: ReleaseState[] = ['released', 'held']
    return (needsTwo && !agreed) || (hasOpened && !staysOpened.includes(release?.state as ReleaseState))
  })

describe('the steps of a release (R63)', () => {
  test('name known states only', () => {
    const known: string[] = ['none', ...releaseStates]
    for (const { from, to } of Object.values(releaseTransitions)) {
      expect(known).toContain(to)
      for (const state of from) expect(known).toContain(state)
    }
  })

  test('reach approved and released only by approval and opening, or by resuming from a hold', () => {
    expect(leadingTo('approved')).toEqual(['approve', 'resume'])
    expect(leadingTo('released')).toEqual(['open', 'resume-opened'])
    expect(releaseTransitions.open.from).toEqual(['approved'])
    expect(releaseTransitions.resume.from).toEqual(['held'])
    expect(releaseTransitions['resume-opened'].from).toEqual(['held'])
  })

  test('approved, held and released releases have two people, and an opened one is never planned again or cancelled', () => {
    const places = everywhere()
    expect(new Set(places.map(({ release }) => release?.state))).toEqual(new Set([undefined, ...releaseStates]))
    expect(faults(places)).toEqual([])
  })

  test.each([
    ['resumes what was cancelled', 'resume', 'cancelled'],
    ['holds what nobody approved', 'hold', 'planned'],
    ['cancels what was released', 'cancel', 'released'],
    ['opens what is planned', 'open', 'planned'],
  ] as const)('broken variant: one that %s is caught', (_, step, state) => {
    const may: typeof mayTake = (wanted, release) =>
      mayTake(wanted, release) || (wanted === step && release?.state === state)
    expect(faults(everywhere(may))).not.toEqual([])
  })

  test('broken variant: resuming an opened release as unopened is detected', () => {
    const forgetful: typeof mayTake = (step, release) => mayTake(step, release && { state: release.state })
    expect(faults(everywhere(forgetful))).not.toEqual([])
  })

  test('of a correction are the same, except that a completed one can be followed by the next', () => {
    const differing = steps.filter((step) => correctionTransitions[step] !== releaseTransitions[step])
    expect(differing).toEqual(['plan'])
    const released = { state: 'released', releasedAt: openedAt } as const
    expect(mayTake('plan', released, correctionTransitions)).toBe(true)
    expect(mayTake('plan', released)).toBe(false)
  })

  test('start with a plan', () => {
    expect(steps.filter((step) => mayTake(step, undefined))).toEqual(['plan'])
    expect(standingBefore('plan').states).not.toContain('none')
  })

  test('leave released only by a hold, and return', () => {
    const released = { state: 'released', releasedAt: openedAt } as const
    expect(steps.filter((step) => mayTake(step, released))).toEqual(['hold'])
    expect(steps.filter((step) => mayTake(step, { ...released, state: 'held' }))).toEqual(['resume-opened'])
  })
})
