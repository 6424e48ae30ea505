import { examRules } from '../../../shared/domain/exam-rules.ts'
import type { RandomNumbers } from './random.ts'

export interface SampleAchievement {
  readonly grade: string
  readonly overallScore?: number
  readonly cefrLevel?: string
  readonly skills: readonly { readonly name: string; readonly score: number }[]
}

const passes = ['Pass with Distinction', 'Pass with Merit', 'Pass', 'Fail']

/** A plausible result for this exam with consistent grade, scores and level; not statistically realistic. */
export const achieve = (exam: string, random: RandomNumbers): SampleAchievement => {
  const rules = examRules[exam]
  if (!rules) throw new Error(`no grades are known for ${exam}`)
  const { bands, skills } = rules
  if (!skills) return { grade: random.pick(passes), skills: [] }
  if (bands.length === 0) {
    const shields = skills.names.map((name) => ({ name, score: random.between(1, skills.to) }))
    return { grade: `${sumOf(shields)} shields`, skills: shields }
  }
  const { grade, from, to, level } = random.pick(bands)
  const scores = skills.names.map((name) => ({ name, score: random.between(from, to) }))
  return { grade, overallScore: Math.round(sumOf(scores) / scores.length), cefrLevel: level, skills: scores }
}

const sumOf = (scores: SampleAchievement['skills']): number => scores.reduce((sum, { score }) => sum + score, 0)
