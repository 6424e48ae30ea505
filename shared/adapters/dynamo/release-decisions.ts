import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Clock } from '../../ports/clock.ts'
import type { ReleaseApprovals, ReleasePlans, ReleaseSteps, SessionOpenings } from '../../ports/releases.ts'
import { putAuditEntry } from './audit.ts'
import { putOutboxRow } from './outbox.ts'
import { sameRelease, stepOf } from './releases.ts'
import { transact } from './transact.ts'

const sameManifest = 'manifest = :manifest'

export const dynamoReleasePlans = (
  client: DynamoDBDocumentClient,
  tables: { readonly releases: string; readonly audit: string },
): ReleasePlans => ({
  async plan(release, audit) {
    const { condition, values } = stepOf('plan')
    const { ':to': _, ...before } = values
    const written = await transact(client, [
      {
        Put: {
          TableName: tables.releases,
          Item: release,
          ConditionExpression: `attribute_not_exists(#session) OR ${condition}`,
          ExpressionAttributeNames: { '#session': 'session', '#state': 'state' },
          ExpressionAttributeValues: before,
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
    const { condition, values } = stepOf('approve')
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
    const { condition, values } = stepOf('open')
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

export const dynamoReleaseSteps = (
  client: DynamoDBDocumentClient,
  tables: { readonly releases: string; readonly audit: string; readonly outbox?: string },
): ReleaseSteps => ({
  async take(step, { session, releaseId }, taken, audit, event) {
    const { condition, values } = stepOf(step)
    if (event && tables.outbox === undefined) throw new Error('no outbox to tell an event by')
    const written = await transact(client, [
      {
        Update: {
          TableName: tables.releases,
          Key: { session },
          UpdateExpression: 'SET #state = :to, lastStep = :taken',
          ConditionExpression: `${condition} AND ${sameRelease}`,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ...values, ':taken': taken, ':releaseId': releaseId },
        },
      },
      ...(event && tables.outbox !== undefined ? [putOutboxRow(tables.outbox, event, taken.at)] : []),
      putAuditEntry(tables.audit, audit),
    ])
    return written === 'written' ? 'taken' : 'refused'
  },
})
