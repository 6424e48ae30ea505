import type { HttpEvent } from './http-event.ts'

const assumedRole = /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^/]+\/(?<person>[\w+=,.@-]{1,64})$/

/** Session names that an SDK or the command line invents where nobody gave one. */
const invented = /^(aws-cli-session-|botocore-session-|aws-sdk-|aws-go-sdk-|AWSCLI-Session)|^\d+$/i

/**
 * The person behind an operator's request: the role session's name, without the role, so that one person is one person
 * under any role. Undefined for root, users, and sessions that carry nobody's name.
 */
export const personOf = (event: HttpEvent): string | undefined => {
  const person = assumedRole.exec(event.requestContext.authorizer?.iam?.userArn ?? '')?.groups?.person
  return person === undefined || invented.test(person) ? undefined : person
}
