import {
  type AttributeValue,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb'
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb'
import type { DomainEvent } from '../../contracts/events.ts'
import { type AttemptId, type Guard, withFailure } from '../../domain/sign-in-guard.ts'
import type { EpochMilliseconds } from '../../domain/time.ts'
import type { FailedAttempts } from '../../ports/sign-in-guards.ts'
import { jitteredPause } from '../node/pause.ts'
import { putOutboxRow } from './outbox.ts'
import { guardOf } from './sign-in-guards.ts'
import { conflictBackoff, retryOnConflict } from './transact.ts'

const stillInFlight = 'contains(inFlight, :attempt)'

/** Each retry means that another failure was written in between; with three slots, this limit is never reached. */
const maxTries = 10

/**
 * Writes a failed attempt together with the events it causes. The write is conditional on the guard's counts as they were
 * read (optimistic locking), so the outcome is known beforehand: of parallel failures exactly one is the third.
 */
export const dynamoFailedAttempts = (
  client: DynamoDBDocumentClient,
  tables: { readonly 'sign-in-guards': string; readonly outbox: string },
): FailedAttempts => ({
  async settleWrong(guardId, attempt, now, { seen, eventsOf }) {
    let guard = seen ?? unmet(attempt, now)
    for (let tries = 0; tries < maxTries; tries++) {
      const made = withFailure(guard, attempt, now)
      const update = failureUpdate(tables['sign-in-guards'], guardId, attempt, guard, now)
      const { written, old } = await write(client, update, tables.outbox, eventsOf(made), now)
      if (written) return made
      if (!old) return undefined
      guard = guardOf(old)
      if (!guard.inFlight.has(attempt)) return guard
    }
    throw new Error('a guard kept changing')
  },
})

/** The guard's state is unknown: assume that this is the first attempt. */
const unmet = (attempt: AttemptId, now: EpochMilliseconds): Guard => ({
  inFlight: new Set([attempt]),
  wrong: new Set(),
  lastAttemptAt: now,
})

type FailureUpdate = UpdateCommandInput & { readonly UpdateExpression: string }

const failureUpdate = (
  TableName: string,
  guard: string,
  attempt: AttemptId,
  { wrong, consecutive = 0 }: Guard,
  now: EpochMilliseconds,
): FailureUpdate => {
  const asManyWrong = wrong.size > 0 ? 'size(wrong) = :wrongSeen' : 'attribute_not_exists(wrong)'
  const asManyInARow =
    consecutive > 0 ? 'consecutive = :inARow' : '(attribute_not_exists(consecutive) OR consecutive = :inARow)'
  return {
    TableName,
    Key: { guard },
    UpdateExpression: 'DELETE inFlight :attempts ADD wrong :attempts, consecutive :one SET lastWrongAt = :now',
    ConditionExpression: `${stillInFlight} AND ${asManyWrong} AND ${asManyInARow}`,
    ExpressionAttributeValues: {
      ':attempts': new Set([attempt]),
      ':attempt': attempt,
      ':one': 1,
      ':now': now,
      ':inARow': consecutive,
      ...(wrong.size > 0 && { ':wrongSeen': wrong.size }),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

type Written = { readonly written: boolean; readonly old?: Record<string, AttributeValue> | undefined }

const write = (
  client: DynamoDBDocumentClient,
  update: FailureUpdate,
  outbox: string,
  events: readonly DomainEvent[],
  now: EpochMilliseconds,
): Promise<Written> =>
  events.length === 0
    ? writeAlone(client, update)
    : writeWithEvents(
        client,
        new TransactWriteCommand({
          TransactItems: [{ Update: update }, ...events.map((event) => putOutboxRow(outbox, event, now))],
        }),
      )

const writeAlone = async (client: DynamoDBDocumentClient, update: FailureUpdate): Promise<Written> => {
  try {
    await retryOnConflict(() => client.send(new UpdateCommand(update)))
    return { written: true }
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { written: false, old: error.Item }
    throw error
  }
}

const writeWithEvents = async (client: DynamoDBDocumentClient, transaction: TransactWriteCommand): Promise<Written> => {
  for (const milliseconds of [...conflictBackoff, undefined]) {
    try {
      await client.send(transaction)
      return { written: true }
    } catch (error) {
      const [first] = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : []
      if (first?.Code === 'ConditionalCheckFailed') return { written: false, old: first.Item }
      if (milliseconds === undefined || first?.Code !== 'TransactionConflict') throw error
      await jitteredPause(milliseconds)
    }
  }
  throw new Error('unreachable')
}
