import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import type { DomainEvent } from '../../contracts/events.ts'
import { ttlAttribute } from '../../contracts/tables.ts'
import { day, type EpochMilliseconds, later, toEpochSeconds } from '../../domain/time.ts'

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** The stream holds rows for a day; a week leaves time to publish by hand what failed. */
const keptFor = 7 * day

/** Part of the transaction that makes a change: tells it as an event, once by its id. */
export const putOutboxRow = (tableName: string, event: DomainEvent, now: EpochMilliseconds): TransactItem => ({
  Put: {
    TableName: tableName,
    Item: {
      eventId: event.eventId,
      type: event.type,
      detail: JSON.stringify(event.detail),
      [ttlAttribute]: toEpochSeconds(later(now, keptFor)),
    },
    ConditionExpression: 'attribute_not_exists(eventId)',
  },
})
