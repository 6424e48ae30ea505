import type { Operation } from '../contracts/http.ts'
import type { ProblemCode } from '../contracts/problems.ts'
import type { AuditEntry } from '../domain/audit.ts'
import { type EpochMilliseconds, epochMilliseconds, hour, toIso } from '../domain/time.ts'
import type { HttpEvent } from './http-event.ts'
import { personOf } from './operator.ts'

/** Refusals that are about who asks, and not about how things stand. */
export const isOfPerson = (code: ProblemCode): boolean => code === 'forbidden' || code === 'same-person'

/**
 * The line that says who was refused what. The same person, refused the same, has one line an hour: whoever tries all day
 * adds two dozen. What a caller can choose freely (a path, a session's invented name) is no part of its key.
 */
export const refusalOf = (
  operation: Operation,
  code: ProblemCode,
  event: HttpEvent,
  now: EpochMilliseconds,
): AuditEntry => {
  const by = personOf(event)?.toLowerCase() ?? principalOf(event)
  const { session } = event.pathParameters ?? {}
  // Whoever is told to be the same person has planned a release that exists.
  const about = code === 'same-person' && session !== undefined ? `release/${session}` : 'refused'
  return {
    subject: about,
    at: epochMilliseconds(now - (now % hour)),
    id: `${operation.function}/${code}/${by}`,
    by,
    action: 'operation-refused',
    details: { operation: operation.function, reason: code, firstAt: toIso(now) },
  }
}

/** Who signed, without the part that a caller may make up: a role or a user of the account, root, or nobody. */
const principalOf = ({ requestContext }: HttpEvent): string => {
  const arn = requestContext.authorizer?.iam?.userArn ?? ''
  const [, kind, name] = /^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:([a-z-]+)(?:\/([\w+=,.@-]{1,64}))?/.exec(arn) ?? []
  if (kind === undefined) return 'nobody'
  return (kind === 'assumed-role' || kind === 'user') && name !== undefined ? `${kind}/${name}` : kind
}
