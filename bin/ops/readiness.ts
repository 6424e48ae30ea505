import type { ReadinessAnswer } from '../../shared/contracts/operations-answers.ts'
import type { CommandResult, Target } from './target.ts'

/** `readiness SESSION`: checks that the release can succeed, with advice for each failure; refused if a check fails. */
export const checkReadiness = async (target: Target, session: string): Promise<CommandResult> => {
  const answer = await (await target.api()).checkReadiness(session)
  const failing = answer.checks.filter(({ state }) => state === 'fail').length
  return {
    json: answer,
    text: answer.checks.map(told).join(''),
    ...(failing > 0 && { refusal: `${session} is not ready: ${failing} of ${answer.checks.length} checks fail.` }),
  }
}

const words = { ok: 'ok   ', warn: 'warn ', fail: 'FAIL ', 'not-checked': '-    ' } as const

const told = ({ check, state, says, todo }: ReadinessAnswer['checks'][number]): string =>
  `${words[state]} ${check.padEnd(14)} ${says}\n${todo ? `${' '.repeat(21)}→ ${todo}\n` : ''}`
