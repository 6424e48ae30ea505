import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type correctionTransitions, releaseTransitions } from '../../domain/release-transitions.ts'
import type { Clock } from '../../ports/clock.ts'
import type {
  CorrectionOpenings,
  ReleaseApprovals,
  ReleasePlans,
  ReleaseSteps,
  SessionOpenings,
} from '../../ports/releases.ts'
import { putAuditEntry } from './audit.ts'
import { putOutboxRow } from './outbox.ts'
import { sameRelease, stepOf } from './releases.ts'
import { transact } from './transact.ts'

const sameManifest = 'manifest = :manifest'

export const dynamoReleasePlans = (
  client: DynamoDBDocumentClient,
  tables: { readonly releases: string; readonly audit: string },
  transitions: typeof releaseTransitions | typeof correctionTransitions = releaseTransitions,
): ReleasePlans => ({
  async plan(release, audit) {
    const { condition, values } = stepOf('plan', transitions)
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
      // The map is there from the start: DynamoDB adds no entry to one that is missing.
      { Put: { TableName: tables.openings, Item: { ...opening, corrections: {} } } },
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

export const dynamoCorrectionOpenings = (
  client: DynamoDBDocumentClient,
  tables: { readonly corrections: string; readonly openings: string; readonly outbox: string; readonly audit: string },
): CorrectionOpenings => ({
  async open({ session, releaseId, manifest, correction }, correctedAt, event, audit) {
    const { condition, values } = stepOf('open')
    const written = await transact(client, [
      {
        Update: {
          TableName: tables.openings,
          Key: { session },
          UpdateExpression: 'SET corrections.#correction = :opened',
          ConditionExpression: sameRelease,
          ExpressionAttributeNames: { '#correction': releaseId },
          ExpressionAttributeValues: {
            ':opened': { correctedAt, notify: correction.notify },
            ':releaseId': correction.corrects,
          },
        },
      },
      {
        Update: {
          TableName: tables.corrections,
          Key: { session },
          UpdateExpression: 'SET #state = :to, releasedAt = :releasedAt',
          ConditionExpression: `${condition} AND ${sameRelease} AND ${sameManifest}`,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ...values,
            ':releasedAt': correctedAt,
            ':releaseId': releaseId,
            ':manifest': manifest,
          },
        },
      },
      putOutboxRow(tables.outbox, event, correctedAt),
      putAuditEntry(tables.audit, audit),
    ])
    return written === 'written' ? 'opened' : 'refused'
  },
})

const outboxOf = ({ outbox }: { readonly outbox?: string }): string => {
  if (outbox === undefined) throw new Error('no outbox to tell an event by')
  return outbox
}

export const dynamoReleaseSteps = (
  client: DynamoDBDocumentClient,
  tables: { readonly releases: string; readonly audit: string; readonly outbox?: string },
): ReleaseSteps => ({
  async take(step, { session, releaseId }, taken, audit, events = []) {
    const { condition, values } = stepOf(step)
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
      ...events.map((event) => putOutboxRow(outboxOf(tables), event, taken.at)),
      putAuditEntry(tables.audit, audit),
    ])
    return written === 'written' ? 'taken' : 'refused'
  },
})
