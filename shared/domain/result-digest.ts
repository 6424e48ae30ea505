import type { ResultPayload, ResultVersion } from './result.ts'

/** The text whose SHA-256 is a result's digest: equal texts are the same result, whatever order a file's columns had. */
export const resultDigestText = ({
  session,
  state,
  payload,
}: Pick<ResultVersion, 'session' | 'state' | 'payload'>): string =>
  JSON.stringify(['result-1', session, state, ...partsOf(payload)])

const partsOf = ({ grade, overallScore, cefrLevel, skills }: ResultPayload) => [
  grade,
  overallScore ?? null,
  cefrLevel ?? null,
  skills.map(({ name, score }) => [name, score] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
]
