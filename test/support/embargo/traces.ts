import { type EpochMilliseconds, epochMilliseconds, minute, second, toIso } from '../../../shared/domain/time.ts'
import { type Random, seededRandom } from '../simulation/seeded-random.ts'
import type { Row } from './embargo-fixture.ts'

export type Step =
  | { readonly take: 'read'; readonly candidate: number; readonly endpoint: 'list' | 'export' | 'statement' }
  | { readonly take: 'plan'; readonly releaseAt: string }
  | { readonly take: 'wait'; readonly milliseconds: number }
  | { readonly take: 'go-to'; readonly instant: EpochMilliseconds }
  | {
      readonly take:
        | 'import'
        | 'correct'
        | 'approve'
        | 'seal'
        | 'fire'
        | 'sweep'
        | 'hold'
        | 'resume'
        | 'cancel'
        | 'mail'
    }

/** The common steps of two paired runs, and the content of their files. */
export interface Trace {
  readonly steps: readonly Step[]
  /** What differs between the two runs: results before the release, or results imported after it. */
  readonly differFrom: 'release' | 'correction'
  readonly rowOf: (fixture: 'left' | 'right') => (file: number, candidate: number) => Row
}

const begin = Date.parse('2026-11-23T09:00:00.000Z')

/** The trace of a seed: a release and sometimes a correction, with invalid steps and candidates' requests in between. */
export const traceOf = (seed: number): Trace => {
  const random = seededRandom(seed)
  const releaseAt = epochMilliseconds(begin + Math.ceil(random.between(5 * minute, 12 * 24 * 60 * minute)))
  const differFrom = random.chance(0.5) ? 'release' : 'correction'
  const steps = [
    ...spaced(random, preparation(random, releaseAt)),
    ...spaced(random, atTheInstant(random, releaseAt)),
    ...spaced(random, correction(random)),
  ]
  return { steps, differFrom, rowOf: (fixture) => rows(seed, differFrom, steps, fixture) }
}

const step = (take: Exclude<Step['take'], 'read' | 'plan' | 'wait' | 'go-to'>): Step => ({ take })
const few = (random: Random, most: number, make: () => Step): Step[] =>
  Array.from({ length: random.below(most + 1) }, make)

const preparation = (random: Random, releaseAt: EpochMilliseconds): Step[] => {
  const plan: Step = { take: 'plan', releaseAt: toIso(releaseAt) }
  const agreed = [plan, step('approve'), step('seal')]
  return [
    step('import'),
    ...(random.chance(0.2) ? [plan, step('import')] : []),
    ...(random.chance(0.15) ? [...agreed, step('cancel')] : []),
    ...agreed.slice(0, random.chance(0.05) ? 2 : 3),
    ...(random.chance(0.1) ? [step('import'), ...agreed] : []),
    ...(random.chance(0.25) ? [step('hold'), ...(random.chance(0.8) ? [step('resume')] : [])] : []),
  ]
}

const atTheInstant = (random: Random, releaseAt: EpochMilliseconds): Step[] => {
  const goTo = (milliseconds: number): Step => ({ take: 'go-to', instant: epochMilliseconds(releaseAt + milliseconds) })
  return [
    goTo(-Math.ceil(random.between(2 * second, 120 * second))),
    ...few(random, 3, () => step('fire')),
    ...(random.chance(0.5) ? [step('sweep')] : []),
    goTo(-1),
    goTo(0),
    ...few(random, 2, () => step('fire')),
    ...(random.chance(0.2) ? [step('hold'), step('mail'), step('resume')] : []),
    goTo(60 * second),
    step('sweep'),
    step('mail'),
  ]
}

const correction = (random: Random): Step[] => [
  { take: 'wait', milliseconds: Math.ceil(random.between(second, 60 * minute)) },
  step('import'),
  step('correct'),
  ...(random.chance(0.1) ? [step('cancel'), step('correct')] : []),
  step('approve'),
  ...(random.chance(0.2) ? [step('hold')] : []),
  step('seal'),
  ...few(random, 2, () => step('fire')),
  step('sweep'),
  step('mail'),
  step('resume'),
]

/** Candidates look between any two steps. */
const spaced = (random: Random, steps: readonly Step[]): Step[] =>
  steps.flatMap((one) => [one, ...few(random, 2, () => look(random))])

const look = (random: Random): Step => ({
  take: 'read',
  candidate: random.below(4),
  endpoint: (['list', 'list', 'export', 'statement'] as const)[random.below(4)] ?? 'list',
})

/**
 * The first candidate is in every file of both runs, each time with another grade, so that every file changes something;
 * the other candidates vary.
 */
const rows = (seed: number, differFrom: Trace['differFrom'], steps: readonly Step[], fixture: 'left' | 'right') => {
  const beforeRelease =
    steps
      .slice(
        0,
        steps.findIndex(({ take }) => take === 'correct'),
      )
      .filter(isImport).length - 1
  return (file: number, candidate: number): Row => {
    const isShared = differFrom === 'correction' && file < beforeRelease
    const random = seededRandom(seed * 1_000 + file * 10 + candidate + (isShared || fixture === 'left' ? 0 : 500))
    const grade = `${isShared ? 'both' : fixture} ${file} ${random.below(1_000)}`
    if (candidate === 0) return { grade, state: 'final' }
    if (random.chance(0.3)) return undefined
    return { grade, state: random.chance(0.7) ? 'final' : random.chance(0.5) ? 'held' : 'withdrawn' }
  }
}
const isImport = ({ take }: Step) => take === 'import'
