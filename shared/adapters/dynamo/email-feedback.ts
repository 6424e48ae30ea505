import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { type MailHealth, wasTaken } from '../../domain/delivery-status.ts'
import { emailScope, type Feedback, feedbackKinds } from '../../domain/email-batch.ts'
import { oneAtATime } from '../../domain/one-at-a-time.ts'
import type {
  AddedFeedback,
  EmailFeedback,
  FailedMails,
  MailedAddresses,
  PublishedEvents,
} from '../../ports/email-feedback.ts'
import type { EmailPlan } from '../../ports/result-email-plans.ts'
import { batchGet } from './batch-get.ts'
import { conditional } from './conditional.ts'
import { countedIn, countedOf, feedbackOf } from './email-batch-item.ts'
import { planItem } from './result-email-plans.ts'
import { sendRateKey } from './send-rate.ts'
import { retryOnConflict, transact } from './transact.ts'

/** A lane's counts, beside its batches. */
const healthItem = 'health'
const thereIsSuchABatch = 'attribute_exists(states)'

/** Sets of positions in the batch's own row, which only grow: added to without reading, by whoever and however often. */
export const dynamoEmailFeedback = (client: DynamoDBDocumentClient, TableName: string): EmailFeedback => {
  const inTurn = oneAtATime()
  return {
    async add(scope, item, feedback) {
      const kinds = feedbackKinds.filter((kind) => feedback[kind]?.size)
      const update = new UpdateCommand({
        TableName,
        Key: { scope, item },
        UpdateExpression: `ADD ${kinds.map((kind) => `#${kind} :${kind}`).join(', ')}`,
        ConditionExpression: thereIsSuchABatch,
        ExpressionAttributeNames: Object.fromEntries(kinds.map((kind) => [`#${kind}`, kind])),
        ExpressionAttributeValues: Object.fromEntries(kinds.map((kind) => [`:${kind}`, feedback[kind]])),
        ReturnValues: 'ALL_OLD',
      })
      let before: Record<string, unknown> | undefined
      await conditional(() =>
        retryOnConflict(async () => {
          before = (await client.send(update)).Attributes
        }),
      )
      if (!before) return undefined
      return {
        uncounted: without(
          { bounced: feedback.bounced ?? new Set(), complained: feedback.complained ?? new Set() },
          countedOf(before),
        ),
        firstTold: firstTold(feedback, feedbackOf(before)),
        ids: before.ids as string[],
      }
    },

    async count(batch, added) {
      // One after the other: they all write the lane's row.
      await inTurn(batch.scope, () => count(client, TableName, batch, added))
    },

    health: (releaseId) => healthOf(client, TableName, releaseId),

    async stop(releaseId) {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: sendRateKey,
          UpdateExpression: 'ADD stopped :release',
          ExpressionAttributeValues: { ':release': new Set([releaseId]) },
          ReturnValues: 'UPDATED_OLD',
        }),
      )
      return !(Attributes?.stopped as ReadonlySet<string> | undefined)?.has(releaseId)
    },
  }
}

const nothing: MailHealth = { told: 0, bounced: 0, complained: 0 }

/** Over all lanes, less what an operator has looked at. */
export const healthOf = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  releaseId: string,
): Promise<MailHealth & { readonly lookedAt: MailHealth }> => {
  const Key = { scope: releaseId, item: planItem }
  const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))
  const { lanes, lookedAt = nothing } = Item as EmailPlan & { lookedAt?: MailHealth }
  const keys = Array.from({ length: lanes }, (_, lane) => ({ scope: emailScope(releaseId, lane), item: healthItem }))
  const { [TableName]: rows = [] } = await batchGet(client, { [TableName]: { keys } })
  const counts = rows as unknown as MailHealth[]
  const sum = (name: keyof MailHealth) => counts.reduce((all, count) => all + count[name], 0) - lookedAt[name]
  return { told: sum('told'), bounced: sum('bounced'), complained: sum('complained'), lookedAt }
}

/**
 * By transactions, whose repeats write once. A failed mail is marked in its batch in the transaction that counts it, so
 * that it is counted exactly once.
 */
const count = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  { scope, item }: { readonly scope: string; readonly item: string },
  { firstTold, uncounted }: Pick<AddedFeedback, 'firstTold' | 'uncounted'>,
): Promise<void> => {
  let failed = uncounted
  for (;;) {
    const [bounced, complained] = [failed.bounced.size, failed.complained.size]
    if (firstTold + bounced + complained === 0) return
    const counting = {
      TableName,
      Key: { scope, item: healthItem },
      UpdateExpression: 'ADD told :told, bounced :bounced, complained :complained',
      ExpressionAttributeValues: { ':told': firstTold, ':bounced': bounced, ':complained': complained },
    }
    const marking = { TableName, Key: { scope, item }, ...markingAsCounted(failed) }
    const updates = bounced + complained > 0 ? [marking, counting] : [counting]
    const written = await transact(
      client,
      updates.map((Update) => ({ Update })),
    )
    if (written === 'written') return
    // The same message, delivered twice, was quicker with some of them.
    const { Item = {} } = await client.send(new GetCommand({ TableName, Key: { scope, item }, ConsistentRead: true }))
    if (!Item.states) return
    failed = without(failed, countedOf(Item))
  }
}

const markingAsCounted = (failed: FailedMails) => {
  const kinds = (['bounced', 'complained'] as const).filter((kind) => failed[kind].size > 0)
  const each = kinds.flatMap((kind) => [...failed[kind]].map((position) => ({ kind, position })))
  return {
    UpdateExpression: `ADD ${kinds.map((kind) => `${countedIn[kind]} :${kind}`).join(', ')}`,
    ConditionExpression: [
      thereIsSuchABatch,
      ...each.map(({ kind, position }) => `NOT contains(${countedIn[kind]}, :position${position})`),
    ].join(' AND '),
    ExpressionAttributeValues: Object.fromEntries<unknown>([
      ...kinds.map((kind) => [`:${kind}`, failed[kind]] as const),
      ...each.map(({ position }) => [`:position${position}`, position] as const),
    ]),
  }
}

const without = (failed: FailedMails, counted: FailedMails): FailedMails => ({
  bounced: failed.bounced.difference(counted.bounced),
  complained: failed.complained.difference(counted.complained),
})

const firstTold = (feedback: Feedback, known: Feedback | undefined): number => {
  const positions = new Set(Object.values(feedback).flatMap((each) => [...each]))
  return [...positions].filter((position) => wasTaken(position, feedback) && !wasTaken(position, known)).length
}

const itIsTheAddress = 'email = :email'

export const dynamoMailedAddresses = (client: DynamoDBDocumentClient, TableName: string): MailedAddresses => ({
  async mark(idNumber, what, isTheOne) {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: { idNumber }, ConsistentRead: true, ProjectionExpression: 'email' }),
    )
    const email = Item?.email as string | undefined
    if (email === undefined || !isTheOne(email)) return
    const marking = new UpdateCommand({
      TableName,
      Key: { idNumber },
      UpdateExpression: `SET ${what === 'bounced' ? 'emailBounced' : 'emailComplained'} = :yes`,
      ConditionExpression: itIsTheAddress,
      ExpressionAttributeValues: { ':yes': true, ':email': email },
    })
    await conditional(() => retryOnConflict(() => client.send(marking)))
  },
})

/** By the outbox, where events stay for a week. */
export const dynamoPublishedEvents = (client: DynamoDBDocumentClient, TableName: string): PublishedEvents => ({
  async subjectOf(eventId) {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { eventId } }))
    return Item ? (JSON.parse(Item.detail as string) as { idNumber?: string }).idNumber : undefined
  },
})
