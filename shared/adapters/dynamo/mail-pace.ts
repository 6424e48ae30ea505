import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandOutput } from '@aws-sdk/lib-dynamodb'
import type { MailAlarms } from '../../ports/mail-alarms.ts'
import type { MailPace } from '../../ports/mail-pace.ts'
import { conditional } from './conditional.ts'

/** The one row that all senders share, beside the mails whose pace it is. */
export const paceKey = { scope: 'pace', item: 'mail' } as const

const somebodyIsAhead = 'freeAt >= :now'
const nobodyIsAhead = 'attribute_not_exists(freeAt) OR freeAt < :now'

/** Senders at the same instant refuse each other once; more than a few times means a fault. */
const maxTries = 20

/** A single row: taken from at most once for each call or two to SES, a fraction of what one partition bears. */
export const dynamoMailPace = (client: DynamoDBDocumentClient, TableName: string): MailPace => {
  /** As far as this process knows. */
  let freeAt = 0
  const taking = (UpdateExpression: string, ConditionExpression: string, values: Record<string, number>) =>
    new UpdateCommand({
      TableName,
      Key: paceKey,
      UpdateExpression,
      ConditionExpression,
      ExpressionAttributeValues: values,
      ReturnValues: 'ALL_NEW',
    })
  return {
    async take(milliseconds, now) {
      let queues = freeAt >= now
      for (let tries = 0; tries < maxTries; tries++, queues = !queues) {
        const update = queues
          ? taking('SET freeAt = freeAt + :cost', somebodyIsAhead, { ':cost': milliseconds, ':now': now })
          : taking('SET freeAt = :end', nobodyIsAhead, { ':end': now + milliseconds, ':now': now })
        let written: UpdateCommandOutput | undefined
        await conditional(async () => {
          written = await client.send(update)
        })
        if (!written?.Attributes) continue
        const row = written.Attributes as { freeAt: number; alarms?: Set<string>; stopped?: Set<string> }
        freeAt = row.freeAt
        return { startsAt: freeAt - milliseconds, alarms: [...(row.alarms ?? [])], stopped: [...(row.stopped ?? [])] }
      }
      throw new Error('the pace of mails could not be taken from')
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
          Key: paceKey,
          UpdateExpression: `SET #changed = :at ${isOn ? 'ADD' : 'DELETE'} alarms :alarm`,
          ConditionExpression: isNews,
          ExpressionAttributeNames: { '#changed': `changed ${alarm}` },
          ExpressionAttributeValues: { ':at': at, ':alarm': new Set([alarm]) },
        }),
      ),
    )
    return outcome === 'written' ? 'noted' : 'overtaken'
  },
})
