import { describe, expect, test } from '@jest/globals'
import { type EmbargoFacts, visibleVersion } from '../../../shared/domain/embargo.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'

const instant = epochMilliseconds(Date.parse('2026-12-01T09:00:00Z'))
const sealed = { version: 1, sealedFor: 'release-1', visibleFrom: instant }
const open: EmbargoFacts = {
  release: { releaseId: 'release-1', state: 'released' },
  opening: { releaseId: 'release-1', releasedAt: instant },
  now: instant,
}

describe('a result is visible', () => {
  test('if it is sealed, due, and its session is open', () => {
    expect(visibleVersion([sealed], open)).toEqual(sealed)
  })

  test('in its newest sealed version, whatever was imported since', () => {
    const corrected = { ...sealed, version: 2 }
    const unsealed = { version: 3 }
    expect(visibleVersion([sealed, unsealed, corrected], open)).toEqual(corrected)
  })

  test('in a corrected version once the correction is open, and until then as released', () => {
    const correctedAt = epochMilliseconds(instant + 1_000)
    const corrected = { version: 2, sealedFor: 'correction-1', visibleFrom: instant }
    const opening = {
      releaseId: 'release-1',
      releasedAt: instant,
      corrections: { 'correction-1': { correctedAt, notify: false } },
    }
    expect(visibleVersion([sealed, corrected], { ...open, now: correctedAt })).toEqual(sealed)
    expect(visibleVersion([sealed, corrected], { ...open, opening, now: instant })).toEqual(sealed)
    expect(visibleVersion([sealed, corrected], { ...open, opening, now: correctedAt })).toEqual(corrected)
    const held = { ...open, release: { releaseId: 'release-1', state: 'held' as const }, opening, now: correctedAt }
    expect(visibleVersion([sealed, corrected], held)).toBeUndefined()
    const odd = { ...opening, corrections: { 'correction-1': {} } } as never
    expect(visibleVersion([sealed, corrected], { ...open, opening: odd, now: correctedAt })).toEqual(sealed)
    const inherited = { ...corrected, sealedFor: 'constructor' }
    expect(visibleVersion([sealed, inherited], { ...open, opening, now: correctedAt })).toEqual(sealed)
  })
})

describe('a result stays hidden', () => {
  const early = epochMilliseconds(instant - 1)
  const cases: Record<string, [object, EmbargoFacts]> = {
    'a millisecond before its instant, though the session were open': [
      sealed,
      { ...open, opening: { releaseId: 'release-1', releasedAt: early }, now: early },
    ],
    'when its instant has come but nobody opened the session': [sealed, { ...open, opening: undefined }],
    'when the session was opened for another release': [
      sealed,
      { ...open, opening: { releaseId: 'release-0', releasedAt: instant } },
    ],
    'when it carries no seal': [{ version: 1 }, open],
    'when it carries the seal of another release': [{ ...sealed, sealedFor: 'release-0' }, open],
    'when its instant is malformed': [{ ...sealed, visibleFrom: '2020-01-01' }, open],
    'when the release is held': [sealed, { ...open, release: { releaseId: 'release-1', state: 'held' } }],
    'when no release is known': [sealed, { ...open, release: undefined }],
    'when the state is unknown': [sealed, { ...open, release: { releaseId: 'release-1', state: 'open' as never } }],
  }
  test.each(Object.entries(cases))('%s', (_title, [version, facts]) => {
    expect(visibleVersion([version as typeof sealed], facts)).toBeUndefined()
  })
})
