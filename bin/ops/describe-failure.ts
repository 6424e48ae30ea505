import { CommanderError } from 'commander'
import { ImportStalled, ImportStatusUnknown } from '../../shared/adapters/operations-api/apply-import.ts'
import { OperationRefused, ServiceUnreachable } from '../../shared/adapters/operations-api/operations-api.ts'
import type { FieldProblem } from '../../shared/contracts/problems.ts'
import { OpsFailure } from './environment.ts'

/** A failure as it is reported: a stable code for machines, and for people a sentence with what to do. */
export interface DescribedFailure {
  readonly error: string
  readonly reason: string
}

/** Describes a failure; an unexpected one with its stack. */
export const describeFailure = (failure: unknown): DescribedFailure => {
  if (failure instanceof CommanderError) return { error: 'wrong-use', reason: reasonOfWrongUse(failure) }
  if (failure instanceof OpsFailure) return { error: failure.code, reason: failure.message }
  if (failure instanceof OperationRefused) return { error: failure.code, reason: reasonOf(failure) }
  if (failure instanceof ImportStalled) {
    return {
      error: 'import-stalled',
      reason: `${failure.message} Look for it in the dead letters; importing the same file again is harmless.`,
    }
  }
  if (failure instanceof ImportStatusUnknown) {
    return {
      error: 'unreachable',
      reason: `${failure.message}. The file was handed over, and the service works on it by itself: ask with import-status ${failure.importId}`,
    }
  }
  if (failure instanceof ServiceUnreachable) {
    return { error: 'unreachable', reason: `${failure.message}.${hintOf(failure)}` }
  }
  return {
    error: 'unexpected',
    reason: failure instanceof Error ? (failure.stack ?? failure.message) : String(failure),
  }
}

const hintOf = ({ refused, brokeOff }: ServiceUnreachable): string => {
  if (refused) return ' Nothing listens there: is it running (npm start), and is this its port?'
  return brokeOff ? ' What was asked may have been done all the same; said again, no command does it twice.' : ''
}

/** Without a command, commander shows its help and reports `commander.help`. */
const reasonOfWrongUse = ({ code, message }: CommanderError): string =>
  code === 'commander.help' ? 'No command given. --help lists them.' : message.replace(/^error: /, '')

const reasonOf = (refused: OperationRefused): string => {
  const { code, message, fields, requestId } = refused
  switch (code) {
    case 'same-person':
      return 'You planned this release. Another person has to approve it.'
    case 'manifest-changed':
      return 'The counted results have changed since, or another plan was made. Check it: release status SESSION. If its manifest is void, plan it again, then have another person approve it.'
    case 'no-such-release':
      return 'No release is planned for this session. Plan one first: release plan SESSION --at=INSTANT'
    case 'forbidden':
      return "This is not allowed. Call with credentials of the stage's operator role, assumed with your own name as session name."
    case 'malformed-request':
      return fields.length > 0 ? fields.map(reasonOfField).join(' ') : message
    case 'try-again':
      return 'The service is busy. Try again in a moment.'
    case 'unexpected':
      return `${message}${requestId ? ` Its log tells more under request id ${requestId}.` : ''}`
    default:
      return message
  }
}

const reasonOfField = ({ path, code }: FieldProblem): string => {
  switch (code) {
    case 'required':
      return path === 'notify'
        ? 'These results have been released, so this is a correction: add --notify or --no-notify.'
        : `${names[path] ?? path} is required.`
    case 'not-in-the-future':
      return `${names[path] ?? path} has to be later than the service's clock.`
    case 'not-an-instant':
      return `${names[path] ?? path} has to be an ISO 8601 instant, such as 2026-12-01T09:00:00Z.`
    case 'not-in-list':
      return notInList[path] ?? `${names[path] ?? path} is none of those there are.`
    default:
      return `${names[path] ?? path}: ${code}.`
  }
}

const otherStage =
  'The file is meant for another stage, according to --stage or the name of the file or its folder. Nothing was imported.'

const notInList: Readonly<Record<string, string>> = {
  stage: otherStage,
  fileName: otherStage,
  queue: 'No queue of this name can be redriven: dead-letters list shows which there are.',
}

/** The command line's name of each request field. */
const names: Readonly<Record<string, string>> = { releaseAt: '--at', kind: 'The kind of file', stage: '--stage' }
