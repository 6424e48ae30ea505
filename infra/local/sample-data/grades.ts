import type { RandomNumbers } from './random.ts'

/** One grade of an exam, with the overall scores that earn it and the level that it certifies. */
interface Band {
  readonly grade: string
  readonly from: number
  readonly to: number
  readonly cefrLevel: string
}

/** How sample results of an exam look. Plausible, not any board's rules. */
type Scheme =
  | { readonly bands: readonly Band[]; readonly skills: readonly string[] }
  /** Each skill earns one to five shields; nobody fails. */
  | { readonly shields: readonly string[] }
  | { readonly passes: readonly string[] }

export interface SampleAchievement {
  readonly grade: string
  readonly overallScore?: number
  readonly cefrLevel?: string
  readonly skills: readonly { readonly name: string; readonly score: number }[]
}

const fourSkills = ['reading', 'writing', 'listening', 'speaking']
const fiveSkills = ['reading', 'use-of-english', 'writing', 'listening', 'speaking']

/** `bottom` is the score from which the exam certifies anything: the level below; the exam's own begins 20 above. */
const scaled = (bottom: number, [below, own, above]: readonly [string, string, string], skills: readonly string[]) => ({
  bands: [
    { grade: 'A', from: bottom + 40, to: bottom + 50, cefrLevel: above },
    { grade: 'B', from: bottom + 33, to: bottom + 39, cefrLevel: own },
    { grade: 'C', from: bottom + 20, to: bottom + 32, cefrLevel: own },
    { grade: `Level ${below}`, from: bottom, to: bottom + 19, cefrLevel: below },
  ],
  skills,
})

const a2 = scaled(100, ['A1', 'A2', 'B1'], fourSkills)
const b1 = scaled(120, ['A2', 'B1', 'B2'], fourSkills)
const b2 = scaled(140, ['B1', 'B2', 'C1'], fiveSkills)
const c1 = scaled(160, ['B2', 'C1', 'C2'], fiveSkills)
const shields = { shields: ['listening', 'reading-and-writing', 'speaking'] }
const passes = { passes: ['Pass with Distinction', 'Pass with Merit', 'Pass', 'Fail'] }

const schemes: Readonly<Record<string, Scheme>> = {
  'a2-key': a2,
  'a2-key-for-schools': a2,
  'b1-preliminary': b1,
  'b1-preliminary-for-schools': b1,
  'b2-first': b2,
  'b2-first-for-schools': b2,
  'c1-advanced': c1,
  'c2-proficiency': scaled(180, ['C1', 'C2', 'C2'], fiveSkills),
  'b1-business-preliminary': b1,
  'b2-business-vantage': scaled(140, ['B1', 'B2', 'C1'], fourSkills),
  'c1-business-higher': scaled(160, ['B2', 'C1', 'C2'], fourSkills),
  'delta-module-one': passes,
  'delta-module-two': passes,
  'delta-module-three': passes,
  'pre-a1-starters': shields,
  'a1-movers': shields,
  'a2-flyers': shields,
}

/** What somebody might achieve in this exam: grade, scores and level agree with each other. */
export const achieve = (exam: string, random: RandomNumbers): SampleAchievement => {
  const scheme = schemes[exam]
  if (!scheme) throw new Error(`no grades are known for ${exam}`)
  if ('passes' in scheme) return { grade: random.pick(scheme.passes), skills: [] }
  if ('shields' in scheme) {
    const skills = scheme.shields.map((name) => ({ name, score: random.between(1, 5) }))
    return { grade: `${skills.reduce((sum, { score }) => sum + score, 0)} shields`, skills }
  }
  const { grade, from, to, cefrLevel } = random.pick(scheme.bands)
  const skills = scheme.skills.map((name) => ({ name, score: random.between(from, to) }))
  const overallScore = Math.round(skills.reduce((sum, { score }) => sum + score, 0) / skills.length)
  return { grade, overallScore, cefrLevel, skills }
}
