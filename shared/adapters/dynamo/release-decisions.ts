import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type ReleaseStep, releaseTransitions, statesBefore } from '../../domain/release-transitions.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ReleaseApprovals, ReleasePlans, SessionOpenings } from '../../ports/releases.ts'
import { putAuditEntry } from './audit.ts'
import { putOutboxRow } from './outbox.ts'
import { sameRelease, stateIsOneOf } from './releases.ts'
import { transact } from './transact.ts'

const sameManifest = 'manifest = :manifest'

/** A step of the transition table, as condition and update of the release's row. */
const step = (name: ReleaseStep) => {
  const { condition, values } = stateIsOneOf(statesBefore(name))
  return { condition, values: { ...values, ':to': releaseTransitions[name].to } }
}

export const dynamoReleasePlans = (
  client: DynamoDBDocumentClient,
  tables: { readonly releases: string; readonly audit: string },
): ReleasePlans => ({
  async plan(release, audit) {
    const { condition, values } = stateIsOneOf(statesBefore('plan'))
    const written = await transact(client, [
      {
        Put: {
          TableName: tables.releases,
          Item: release,
          ConditionExpression: `attribute_not_exists(#session) OR ${condition}`,
          ExpressionAttributeNames: { '#session': 'session', '#state': 'state' },
          ExpressionAttributeValues: values,
        },
      },
      putAuditEntry(tables.audit, audit),
    ])
    return written === 'written' ? 'planned' : 'refused'
  },
})

export const dynamoReleaseApprovals = (
  client: DynamoDBDocumentClient,
  tables: { readonly releases: string; readonly outbox: string; readonly audit: string },
  clock: Pick<Clock, 'now'>,
): ReleaseApprovals => ({
  async approve({ session, releaseId, manifest, approvedBy }, event, audit) {
    const { condition, values } = step('approve')
    const written = await transact(client, [
      {
        Update: {
          TableName: tables.releases,
          Key: { session },
          UpdateExpression: 'SET #state = :to, approvedBy = :approvedBy, sealedByShard = :nothingYet',
          ConditionExpression: `${condition} AND ${sameRelease} AND ${sameManifest}`,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ...values,
            ':approvedBy': approvedBy,
            ':nothingYet': {},
            ':releaseId': releaseId,
            ':manifest': manifest,
          },
        },
      },
      putOutboxRow(tables.outbox, event, clock.now()),
      putAuditEntry(tables.audit, audit),
    ])
    return written === 'written' ? 'approved' : 'changed'
  },
})

export const dynamoSessionOpenings = (
  client: DynamoDBDocumentClient,
  tables: { readonly releases: string; readonly openings: string; readonly outbox: string; readonly audit: string },
): SessionOpenings => ({
  async open(opening, { manifest }, event, audit) {
    const { condition, values } = step('open')
    const written = await transact(client, [
      { Put: { TableName: tables.openings, Item: opening } },
      {
        Update: {
          TableName: tables.releases,
          Key: { session: opening.session },
          UpdateExpression: 'SET #state = :to, releasedAt = :releasedAt',
          ConditionExpression: `${condition} AND ${sameRelease} AND ${sameManifest}`,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ...values,
            ':releasedAt': opening.releasedAt,
            ':releaseId': opening.releaseId,
            ':manifest': manifest,
          },
        },
      },
      putOutboxRow(tables.outbox, event, opening.releasedAt),
      putAuditEntry(tables.audit, audit),
    ])
    return written === 'written' ? 'opened' : 'refused'
  },
})
