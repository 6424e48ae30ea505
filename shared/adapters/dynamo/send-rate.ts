import {
  type DynamoDBDocumentClient,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb'
import type { MailAlarms } from '../../ports/mail-alarms.ts'
import type { SendRate } from '../../ports/send-rate.ts'
import { conditional } from './conditional.ts'

/** Key of the rate limiter's row, which all senders share. */
export const sendRateKey = { scope: 'send-rate', item: 'mail' } as const

const somebodyIsAhead = 'freeAt >= :from'
const nobodyIsAhead = '(attribute_not_exists(freeAt) OR freeAt < :from)'
const priorityIsInUse = 'priorityFreeAt >= :now AND priorityFreeAt < :limit'
const priorityIsUnused = '(attribute_not_exists(priorityFreeAt) OR priorityFreeAt < :now)'

/** Senders at the same instant refuse each other once; more than a few times means a fault. */
const maxTries = 20

interface Row {
  readonly freeAt: number
  readonly lastTurnAt?: number
  readonly delayed?: number
  readonly priorityFreeAt?: number
  readonly alarms?: ReadonlySet<string>
  readonly stopped?: ReadonlySet<string>
}

const stateOf = ({ delayed = 0, alarms = new Set(), stopped = new Set() }: Partial<Row>) => ({
  delayed,
  alarms: [...alarms],
  stopped: [...stopped],
})

/** A single row: taken from at most once for each call or two to SES, a fraction of what one partition bears. */
export const dynamoSendRate = (client: DynamoDBDocumentClient, TableName: string): SendRate => {
  /** As far as this process knows. */
  let [freeAt, priorityFreeAt] = [0, 0]
  /** The row after the write; undefined if a condition failed, after which the known values are up to date. */
  const write = async (changes: readonly string[], conditions: readonly string[], values: Record<string, number>) => {
    let written: UpdateCommandOutput | undefined
    const done = await conditional(async () => {
      written = await client.send(
        new UpdateCommand({
          TableName,
          Key: sendRateKey,
          UpdateExpression: `SET ${changes.join(', ')}`,
          ConditionExpression: conditions.join(' AND '),
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
    })
    const row = written?.Attributes as Row | undefined
    const old = done.outcome === 'refused' ? done.old : undefined
    freeAt = row?.freeAt ?? Number(old?.freeAt?.N ?? 0)
    priorityFreeAt = row?.priorityFreeAt ?? Number(old?.priorityFreeAt?.N ?? 0)
    return row
  }
  return {
    async take(milliseconds, now) {
      for (let tries = 0; tries < maxTries; tries++) {
        const taken = 'lastTurnAt = :from'
        const row =
          freeAt >= now
            ? await write(['freeAt = freeAt + :cost', taken], [somebodyIsAhead], {
                ':cost': milliseconds,
                ':from': now,
              })
            : await write(['freeAt = :end', taken], [nobodyIsAhead], { ':end': now + milliseconds, ':from': now })
        if (row) return { startsAt: row.freeAt - milliseconds, ...stateOf(row) }
      }
      throw new Error('the send rate could not be updated')
    },
    async read() {
      // A query, since the sender is granted no other read of this table.
      const { Items: [row = {}] = [] } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: '#scope = :scope AND #item = :item',
          ExpressionAttributeNames: { '#scope': 'scope', '#item': 'item' },
          ExpressionAttributeValues: { ':scope': sendRateKey.scope, ':item': sendRateKey.item },
          ConsistentRead: true,
        }),
      )
      return stateOf(row)
    },
    async takePriority({ milliseconds, spacing, burst, now, from }) {
      const limit = now + burst
      for (let tries = 0; tries < maxTries; tries++) {
        // It only ever grows, so the known value suffices.
        if (priorityFreeAt >= limit) return { outcome: 'over-limit' }
        const [isReserved, isInUse] = [freeAt >= from, priorityFreeAt >= now && priorityFreeAt < limit]
        const row = await write(
          [
            isReserved ? 'freeAt = freeAt + :cost' : 'freeAt = :end',
            isInUse ? 'priorityFreeAt = priorityFreeAt + :spacing' : 'priorityFreeAt = :next',
            'delayed = if_not_exists(delayed, :none) + :cost',
          ],
          [isReserved ? somebodyIsAhead : nobodyIsAhead, isInUse ? priorityIsInUse : priorityIsUnused],
          {
            ...{ ':from': from, ':now': now, ':cost': milliseconds, ':none': 0 },
            ...(!isReserved && { ':end': from + milliseconds }),
            ...(isInUse ? { ':spacing': spacing, ':limit': limit } : { ':next': now + spacing }),
          },
        )
        if (row) return { outcome: 'granted', freeAt: row.freeAt - milliseconds, lastTurnAt: row.lastTurnAt ?? 0 }
      }
      throw new Error('the send rate could not be updated for a priority mail')
    },
  }
}

const isNews = 'attribute_not_exists(#changed) OR #changed < :at'

/** In the same row, so that senders read them with every turn. */
export const dynamoMailAlarms = (client: DynamoDBDocumentClient, TableName: string): MailAlarms => ({
  async note(alarm, isOn, at) {
    const { outcome } = await conditional(() =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: sendRateKey,
          UpdateExpression: `SET #changed = :at ${isOn ? 'ADD' : 'DELETE'} alarms :alarm`,
          ConditionExpression: isNews,
          ExpressionAttributeNames: { '#changed': `changed ${alarm}` },
          ExpressionAttributeValues: { ':at': at, ':alarm': new Set([alarm]) },
        }),
      ),
    )
    return outcome === 'written' ? 'noted' : 'superseded'
  },
})
