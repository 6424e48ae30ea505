import { describe, expect, test } from '@jest/globals'
import { releaseStates } from '../../../shared/domain/release.ts'
import {
  mayTake,
  type ReleaseStep,
  releaseTransitions,
  statesBefore,
} from '../../../shared/domain/release-transitions.ts'

const steps = Object.keys(releaseTransitions) as ReleaseStep[]
const leadingTo = (state: string) => steps.filter((step) => releaseTransitions[step].to === state)

describe('the steps of a release (R63)', () => {
  test('name known states only', () => {
    const known: string[] = ['none', ...releaseStates]
    for (const { from, to } of Object.values(releaseTransitions)) {
      expect(known).toContain(to)
      for (const state of from) expect(known).toContain(state)
    }
  })

  test('lead to approved by approval alone, and to released by the opening alone', () => {
    expect(leadingTo('approved')).toEqual(['approve'])
    expect(leadingTo('released')).toEqual(['open'])
    expect(releaseTransitions.open.from).toEqual(['approved'])
  })

  test('never lead out of released', () => {
    expect(steps.filter((step) => mayTake(step, 'released'))).toEqual([])
  })

  test('begin with a plan', () => {
    expect(steps.filter((step) => mayTake(step, undefined))).toEqual(['plan'])
    expect(statesBefore('plan')).not.toContain('none')
  })
})
