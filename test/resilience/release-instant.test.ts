import { describe, expect, test } from '@jest/globals'
import { releaseSession, sweepReleases } from '../../functions/release/release-results/release-results.ts'
import { type EpochMilliseconds, epochMilliseconds, fromIso, minute, second } from '../../shared/domain/time.ts'
import { releaseFixture, session } from '../support/release-fixture.ts'
import { forEachSeed } from '../support/simulation/seed.ts'
import { type Random, seededRandom } from '../support/simulation/seeded-random.ts'

/**
 * When results become visible, in virtual time: not before their instant, within 5 seconds after it, within 65 if the
 * schedule is lost; whenever and however often the job fires, with any clock skew, in winter and summer time
 * (R50, R61, G3).
 */
type Fixture = ReturnType<typeof releaseFixture>
type Ports = Parameters<typeof releaseSession>[0]

interface Firing {
  /** From the instant on. */
  readonly at: number
  readonly sweep?: true
}

interface Course {
  readonly releaseAt: string
  readonly firings: readonly Firing[]
  /** By how much the job's clock is fast. */
  readonly skew: number
  /** What is wrong with the job; nothing, if absent. */
  readonly broken?: (ports: Ports, fixture: Fixture) => Ports
  /** What is wrong with the seals. */
  readonly sealedFrom?: EpochMilliseconds
}

const someone = 'ID000003'
const settled = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** Milliseconds from the instant until the result was visible; undefined if it was not within two minutes. */
const seenAfter = async ({ releaseAt, firings, skew, broken, sealedFrom }: Course): Promise<number | undefined> => {
  const fixture = releaseFixture()
  const instant = fromIso(releaseAt) as EpochMilliseconds
  const { clock } = fixture
  clock.moveTo(epochMilliseconds(instant - 10 * minute))
  await fixture.load(5)
  const { releaseId, manifest } = await fixture.plan('olga', releaseAt)
  await fixture.approve(manifest)
  await fixture.seal(releaseId)
  if (sealedFrom !== undefined) {
    for (const result of fixture.results.rows.values())
      await fixture.results.seal(result, { releaseId, visibleFrom: sealedFrom })
  }
  const jobClock = {
    now: () => epochMilliseconds(clock.now() + skew),
    sleepUntil: (until: EpochMilliseconds) => clock.sleepUntil(epochMilliseconds(until - skew)),
  }
  const ports = { ...fixture.ports, clock: jobClock }
  const job = broken?.(ports, fixture) ?? ports
  const under: Promise<unknown>[] = []
  const fire = ({ sweep }: Firing) => {
    const fired = sweep ? sweepReleases(job)() : releaseSession(job)({ session, releaseId })
    under.push(Promise.resolve(fired).catch(() => undefined))
  }

  const ticks = [-1, 0, ...Array.from({ length: 130 }, (_, index) => index * second)]
  const times = [...new Set([...firings.map(({ at }) => at), ...ticks, ...everySecondBefore])].toSorted((a, b) => a - b)
  let seen: number | undefined
  for (const at of times) {
    clock.moveTo(epochMilliseconds(instant + at))
    for (const firing of firings) if (firing.at === at) fire(firing)
    await settled()
    if (seen === undefined && fixture.visible(someone)) seen = at
  }
  await Promise.all(under)
  expect(fixture.told().length).toBeLessThanOrEqual(1)
  return seen
}
const everySecondBefore = Array.from({ length: 180 }, (_, index) => -(index + 1) * second)

/** A schedule fires within a minute of the time that it was set for, 90 seconds early. */
const onSchedule = (random: Random): Firing => ({ at: -90 * second + Math.floor(random.between(0, minute)) })
/** Every minute, at whatever second. */
const sweeps = (random: Random): Firing[] => {
  const first = -2 * minute + Math.floor(random.between(0, minute))
  return Array.from({ length: 4 }, (_, index) => ({ at: first + index * minute, sweep: true as const }))
}
const plain = '2026-12-01T09:00:00.000Z'

describe('a result becomes visible at its instant', () => {
  test.each([0, 1, 2, 5])('and not before, where the job fires %i times beside the sweep', async (times) => {
    await forEachSeed(20, async (seed) => {
      const random = seededRandom(seed)
      const firings = [...Array.from({ length: times }, () => onSchedule(random)), ...sweeps(random)]
      const after = await seenAfter({ releaseAt: plain, firings, skew: 0 })
      if (after === undefined || after < 0) throw new Error(`seen ${after} ms after`)
      if (after > (times > 0 ? 5 : 65) * second) throw new Error(`seen only ${after} ms after`)
    })
  })

  test('or within 5 seconds, however the job’s clock differs by up to 5', async () => {
    await forEachSeed(60, async (seed) => {
      const random = seededRandom(seed)
      const skew = Math.round(random.between(-5, 5) * second)
      const after = await seenAfter({ releaseAt: plain, firings: [onSchedule(random), ...sweeps(random)], skew })
      if (after === undefined || after < 0 || after > 5 * second)
        throw new Error(`skew ${skew}: seen ${after} ms after`)
    })
  })

  test('or within 65 seconds where the schedule is lost, by the sweep', async () => {
    await forEachSeed(60, async (seed) => {
      const random = seededRandom(seed)
      const skew = Math.round(random.between(-5, 5) * second)
      const after = await seenAfter({ releaseAt: plain, firings: sweeps(random), skew })
      if (after === undefined || after < 0 || after > 65 * second)
        throw new Error(`skew ${skew}: seen ${after} ms after`)
    })
  })

  test.each([1, 2, 5])('or when the job comes late, %i times', async (times) => {
    const firings = Array.from({ length: times }, (_, index) => ({ at: (30 + index) * second }))
    expect(await seenAfter({ releaseAt: plain, firings, skew: 0 })).toBe(30 * second)
  })

  test('and never where nothing fires', async () => {
    expect(await seenAfter({ releaseAt: plain, firings: [], skew: 0 })).toBeUndefined()
  })
})

describe('on days of clock changes', () => {
  test.each([
    ['before summer time begins in London', '2027-03-28T00:59:59.000+00:00', '2027-03-28T00:59:59.000Z'],
    [
      'in the hour that Rome leaves out, as London sees it',
      '2027-03-28T02:30:00.000+01:00',
      '2027-03-28T01:30:00.000Z',
    ],
    ['after summer time has begun in Rome', '2027-03-28T03:30:00.000+02:00', '2027-03-28T01:30:00.000Z'],
    ['in the hour that Rome has twice, the first time', '2026-10-25T02:30:00.000+02:00', '2026-10-25T00:30:00.000Z'],
    ['in the hour that Rome has twice, the second time', '2026-10-25T02:30:00.000+01:00', '2026-10-25T01:30:00.000Z'],
  ])('a result is seen at the very instant: %s', async (_, given, utc) => {
    expect(fromIso(given)).toBe(fromIso(utc))
    const firings = [{ at: -80 * second }, ...sweeps(seededRandom(1))]
    expect(await seenAfter({ releaseAt: given, firings, skew: 0 })).toBe(0)
  })
})

describe('each gate alone keeps a result hidden; breaking both is detected', () => {
  const firings = [{ at: -90 * second }]
  const doesNotWait = (ports: Ports): Ports => ({
    ...ports,
    clock: { ...ports.clock, sleepUntil: async () => undefined },
  })
  /** It takes the opening for older than it is, so that readers do not wait for it either. */
  const opensLongAgo = (ports: Ports): Ports => ({
    ...doesNotWait(ports),
    openings: {
      open: (opening, ...rest) => ports.openings.open({ ...opening, releasedAt: epochMilliseconds(0) }, ...rest),
    },
  })
  const longAgo = epochMilliseconds(0)

  test('broken variant: a job that does not wait opens early, but the seal still hides', async () => {
    expect(await seenAfter({ releaseAt: plain, firings, skew: 0, broken: opensLongAgo })).toBe(0)
  })

  test('broken variant: seals that are due from the start, but the opening still hides', async () => {
    expect(await seenAfter({ releaseAt: plain, firings, skew: 0, sealedFrom: longAgo })).toBe(0)
  })

  test('broken variant: both, so that the result is visible 90 seconds early', async () => {
    const after = await seenAfter({ releaseAt: plain, firings, skew: 0, broken: opensLongAgo, sealedFrom: longAgo })
    expect(after).toBe(-90 * second)
  })
})
