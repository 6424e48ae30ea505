import { type Operation, operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, chain } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'

/** Answers what API Gateway has no route for: another method of a known path, or no path at all. */
export const answerUnknownPathHandler = (options: ChainOptions = {}): HttpFunction =>
  chain('reference/answer-unknown-path', options, ({ rawPath }) => {
    const methods = methodsAt(rawPath)
    return methods.length > 0
      ? problem('method-not-allowed', { headers: { allow: methods.join(', ') } })
      : problem('not-found')
  })

const methodsAt = (path: string): string[] =>
  Object.values<Operation>(operations)
    .filter((operation) => patternOf(operation).test(path))
    .map(({ method }) => method)

const patternOf = ({ path }: Operation): RegExp => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
