import { describe, expect, test } from '@jest/globals'
import type { EmbargoFacts } from '../../../shared/domain/embargo.ts'
import type { ResultState, ResultVersion } from '../../../shared/domain/result.ts'
import { statusByDate, visibleResult } from '../../../shared/domain/result-status.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'

const at = (iso: string) => epochMilliseconds(Date.parse(iso))

describe('before it may be seen, a result (R53)', () => {
  const dates = { expectedFrom: '2026-11-20', expectedTo: '2026-11-27' }
  test.each([
    ['awaited', '2026-11-19T23:59:59.999Z'],
    ['expected', '2026-11-20T00:00:00Z'],
    ['expected', '2026-11-27T23:59:59.999Z'],
    ['late', '2026-11-28T00:00:00Z'],
  ])('is %s at %s', (status, instant) => expect(statusByDate(dates, at(instant))).toBe(status))
})

describe('from the instant on, a result (R53)', () => {
  const instant = at('2026-12-01T09:00:00Z')
  const facts: EmbargoFacts = {
    release: { releaseId: 'release-1', state: 'released' },
    opening: {
      releaseId: 'release-1',
      releasedAt: instant,
      corrections: { 'correction-1': { correctedAt: at('2026-12-04T09:00:00Z'), notify: true } },
    },
    now: at('2026-12-05T09:00:00Z'),
  }
  const corrected = { sealedFor: 'correction-1', visibleFrom: at('2026-12-03T09:00:00Z') }
  const correctedAt = at('2026-12-04T09:00:00Z')
  const version = (number: number, state: ResultState, seal: Partial<ResultVersion> = {}): ResultVersion => ({
    idNumber: 'ABC12345',
    version: number,
    session: 's',
    state,
    payload: { grade: 'A', skills: [] },
    digest: `digest ${number}`,
    sealedFor: 'release-1',
    visibleFrom: instant,
    ...seal,
  })
  const { sealedFor: _sealedFor, visibleFrom: _visibleFrom, ...unsealed } = version(2, 'final')

  test('is released', () => {
    expect(visibleResult([version(1, 'final')], facts)).toEqual({
      status: 'released',
      version: version(1, 'final'),
      releasedAt: instant,
    })
  })

  test('is corrected once a different one replaces a visible one', () => {
    const versions = [version(1, 'final'), version(2, 'final', corrected)]
    const shown = { status: 'corrected', version: { version: 2 }, releasedAt: instant, correctedAt }
    expect(visibleResult(versions, facts)).toMatchObject(shown)
  })

  test('that was added later is released at its own instant', () => {
    const late = visibleResult([version(1, 'final', corrected)], facts)
    expect(late).toMatchObject({ status: 'released', releasedAt: correctedAt })
  })

  test('that repeats the visible one is not corrected', () => {
    const same = [version(1, 'final'), version(2, 'final', { ...corrected, digest: 'digest 1' })]
    expect(visibleResult(same, facts)).toMatchObject({ status: 'released', releasedAt: instant })
    const throughAnother = [
      version(1, 'final'),
      version(2, 'final'),
      version(3, 'final', { ...corrected, digest: 'digest 1' }),
    ]
    expect(visibleResult(throughAnother, facts)).toMatchObject({ status: 'corrected', correctedAt })
  })

  test('is not corrected if the replaced one was never visible', () => {
    const replaced = version(1, 'final', { sealedFor: 'release-0' })
    expect(visibleResult([replaced, version(2, 'final')], facts)).toMatchObject({ status: 'released' })
    expect(visibleResult([version(1, 'held'), version(2, 'final')], facts)).toMatchObject({ status: 'released' })
  })

  test('keeps its status while a newer one waits for its release', () => {
    expect(visibleResult([version(1, 'final'), unsealed], facts)).toMatchObject({
      status: 'released',
      version: { version: 1 },
    })
  })

  test.each(['held', 'withdrawn'] as const)('is %s, and nothing of it is shown', (state) => {
    expect(visibleResult([version(1, state)], facts)).toEqual({ status: state })
    expect(visibleResult([version(1, 'final'), version(2, state, corrected)], facts)).toEqual({
      status: state,
      correctedAt,
    })
  })

  test('has no status if there is none, or if the session is not open', () => {
    expect(visibleResult([], facts)).toBeUndefined()
    expect(visibleResult([version(1, 'held')], { ...facts, opening: undefined })).toBeUndefined()
  })
})
