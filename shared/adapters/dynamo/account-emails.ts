import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import type { DeliveryState } from '../../domain/email-batch.ts'
import { epochMilliseconds } from '../../domain/time.ts'
import type { AccountEmail, AccountEmails } from '../../ports/account-emails.ts'
import { conditional } from './conditional.ts'

/** What the scopes of account mails begin with. */
export const accountEmailPrefix = 'account-email#'

const keyOf = (eventId: string) => ({ scope: `${accountEmailPrefix}${eventId}`, item: 'mail' })
const nobodyClaimedIt = 'attribute_not_exists(#scope)'
const isThisClaim = '#state = :claimed AND attempt = :attempt'

/** Account mails in the deliveries table, one row an event. Whose they are stands in the event alone, which expires. */
export const dynamoAccountEmails = (client: DynamoDBDocumentClient, TableName: string): AccountEmails => {
  const isThis = ({ attempt }: AccountEmail) => ({
    ConditionExpression: isThisClaim,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':claimed': 'claimed', ':attempt': attempt },
  })
  const read = async (eventId: string) =>
    (await client.send(new GetCommand({ TableName, Key: keyOf(eventId), ConsistentRead: true }))).Item
  return {
    async find(eventId) {
      const item = await read(eventId)
      return item && stateOf(item)
    },
    async claim(email) {
      const { eventId, kind, delivery, attempt, claimedAt } = email
      const { idNumber: _, ...state } = delivery
      const { outcome } = await conditional(() =>
        client.send(
          new PutCommand({
            TableName,
            Item: { ...keyOf(eventId), kind, ...state, attempt, claimedAt },
            ConditionExpression: nobodyClaimedIt,
            ExpressionAttributeNames: { '#scope': 'scope' },
          }),
        ),
      )
      if (outcome === 'written') return { outcome: 'claimed' }
      const item = await read(eventId)
      const present = item ? asStored(email, item) : email
      // The write had worked, and only its answer was lost: the SDK sent it again.
      const isOwn = item?.attempt === attempt && present.delivery.state === 'claimed'
      return isOwn ? { outcome: 'claimed' } : { outcome: 'present', email: present }
    },
    async settle(email, { state, reason, messageId }) {
      const condition = isThis(email)
      await conditional(() =>
        client.send(
          new UpdateCommand({
            TableName,
            Key: keyOf(email.eventId),
            ...condition,
            UpdateExpression: `SET #state = :state${reason ? ', reason = :reason' : ''}${messageId ? ', messageId = :messageId' : ''}`,
            ExpressionAttributeValues: {
              ...condition.ExpressionAttributeValues,
              ':state': state,
              ...(reason && { ':reason': reason }),
              ...(messageId && { ':messageId': messageId }),
            },
          }),
        ),
      )
    },
    async giveUp(email) {
      await conditional(() =>
        client.send(new DeleteCommand({ TableName, Key: keyOf(email.eventId), ...isThis(email) })),
      )
    },
  }
}

const stateOf = (item: Record<string, unknown>) => ({
  state: item.state as DeliveryState,
  claimedAt: epochMilliseconds(item.claimedAt as number),
})

const asStored = ({ eventId, delivery }: AccountEmail, item: Record<string, unknown>): AccountEmail => {
  const { state, claimedAt } = stateOf(item)
  return {
    ...{ eventId, kind: item.kind as string, delivery: { idNumber: delivery.idNumber, state } },
    ...{ attempt: item.attempt as string, claimedAt },
  }
}
