import { type DynamoDBDocumentClient, GetCommand, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { voidManifest } from '../../domain/manifest.ts'
import type { Opening, PlannedRelease } from '../../domain/release.ts'
import {
  type correctionTransitions,
  type ReleaseStep,
  releaseTransitions,
  standingBefore,
} from '../../domain/release-transitions.ts'
import type { Openings, Releases } from '../../ports/releases.ts'
import { conditional } from './conditional.ts'

/** A step of the transition table as condition (`#state IN (:state0, …)`) and values of the release's row. */
export const stepOf = (
  name: ReleaseStep,
  transitions: typeof releaseTransitions | typeof correctionTransitions = releaseTransitions,
) => {
  const { states, opened } = standingBefore(name, transitions)
  const isInState = `#state IN (${states.map((_, index) => `:state${index}`).join(', ')})`
  return {
    condition: opened === undefined ? isInState : `${isInState} AND ${opened ? wasOpened : wasNeverOpened}`,
    values: {
      ...Object.fromEntries(states.map((state, index) => [`:state${index}`, state])),
      ':to': releaseTransitions[name].to,
    },
  }
}

const wasOpened = 'attribute_exists(releasedAt)'
const wasNeverOpened = 'attribute_not_exists(releasedAt)'

export const sameRelease = 'releaseId = :releaseId'

/** Releases by session. */
export const dynamoReleases = (client: DynamoDBDocumentClient, TableName: string): Releases => ({
  async find(session) {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { session }, ConsistentRead: true }))
    return Item as PlannedRelease | undefined
  },
  async approvedUntil(instant) {
    const due: PlannedRelease[] = []
    // One row a session, some hundreds a year: no index is worth its keep.
    const pages = paginateScan(
      { client },
      {
        TableName,
        ConsistentRead: true,
        FilterExpression: '#state = :approved AND releaseAt <= :instant',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':approved': 'approved', ':instant': instant },
      },
    )
    for await (const { Items = [] } of pages) due.push(...(Items as PlannedRelease[]))
    return due
  },
  async voidPlan(session, releaseId) {
    const { condition, values } = stepOf('void')
    const { outcome } = await conditional(() =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: { session },
          UpdateExpression: 'SET #state = :to, manifest = :void REMOVE approvedBy, sealedByShard',
          ConditionExpression: releaseId === undefined ? condition : `${condition} AND ${sameRelease}`,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ...values,
            ':void': voidManifest,
            ...(releaseId !== undefined && { ':releaseId': releaseId }),
          },
        }),
      ),
    )
    return outcome === 'written' ? 'voided' : 'nothing-to-void'
  },
  async recordSealed({ session, releaseId }, shard, count) {
    const { outcome } = await conditional(() =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: { session },
          UpdateExpression: 'SET sealedByShard.#shard = :count',
          ConditionExpression: `#state = :approved AND ${sameRelease}`,
          ExpressionAttributeNames: { '#shard': String(shard), '#state': 'state' },
          ExpressionAttributeValues: { ':count': count, ':approved': 'approved', ':releaseId': releaseId },
        }),
      ),
    )
    return outcome === 'written' ? 'recorded' : 'lost'
  },
})

/** Which sessions are open. */
export const dynamoOpenings = (client: DynamoDBDocumentClient, TableName: string): Openings => ({
  async find(session) {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { session }, ConsistentRead: true }))
    return Item as Opening | undefined
  },
})

/** Takes back what was agreed to for a session, its release and its correction alike. */
export const dynamoAgreements = (
  client: DynamoDBDocumentClient,
  tables: { readonly releases: string; readonly corrections: string },
): Pick<Releases, 'voidPlan'> => ({
  async voidPlan(session, releaseId) {
    const voided = await Promise.all(
      [tables.releases, tables.corrections].map((table) => dynamoReleases(client, table).voidPlan(session, releaseId)),
    )
    return voided.includes('voided') ? 'voided' : 'nothing-to-void'
  },
})
