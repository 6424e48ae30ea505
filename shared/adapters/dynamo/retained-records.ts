import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  paginateQuery,
  paginateScan,
  QueryCommand,
  type ScanCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { batchPrefix } from '../../domain/email-batch.ts'
import { sessionShardKey, shards } from '../../domain/identifiers.ts'
import { toIso } from '../../domain/time.ts'
import type { RetainedRecords, RetentionClass } from '../../ports/retained-records.ts'
import { accountEmailPrefix } from './account-emails.ts'
import { retryOnConflict } from './transact.ts'

type Key = Readonly<Record<string, unknown>>
type Tables = Readonly<
  Record<'entries' | 'results' | 'releases' | 'openings' | 'corrections' | 'deliveries' | 'imports' | 'audit', string>
>

/** Deletions at the same time. */
const concurrency = 20

/** What is kept for so many days. Each run reads the tables through; they hold no attribute by which it could be less. */
export const dynamoRetainedRecords = (
  client: DynamoDBDocumentClient,
  tables: Tables,
): Readonly<Record<RetentionClass, RetainedRecords>> => ({
  accountMails: {
    removeBefore: (instant, isOver) =>
      removeAll(
        client,
        tables.deliveries,
        scanned(client, {
          TableName: tables.deliveries,
          FilterExpression: 'begins_with(#scope, :prefix) AND claimedAt < :instant',
          ProjectionExpression: '#scope, #item',
          ExpressionAttributeNames: { '#scope': 'scope', '#item': 'item' },
          ExpressionAttributeValues: { ':prefix': accountEmailPrefix, ':instant': instant },
        }),
        isOver,
      ),
  },
  audit: {
    removeBefore: (instant, isOver) =>
      removeAll(
        client,
        tables.audit,
        scanned(client, {
          TableName: tables.audit,
          // A line's key begins with its instant.
          FilterExpression: '#entry < :instant',
          ProjectionExpression: '#subject, #entry',
          ExpressionAttributeNames: { '#subject': 'subject', '#entry': 'entry' },
          ExpressionAttributeValues: { ':instant': toIso(instant) },
        }),
        isOver,
      ),
  },
  imports: expiredImports(client, tables),
  releases: expiredReleases(client, tables),
})

/** Imports hold the keys of the Secret numbers that came with them: an import goes after the last of its entries. */
const expiredImports = (client: DynamoDBDocumentClient, tables: Tables): RetainedRecords => {
  const importsInUse = async () => {
    const inUse = new Set<string>()
    const entries = scanned(client, { TableName: tables.entries, ProjectionExpression: 'secretNumberKey' })
    for await (const { secretNumberKey } of entries) inUse.add(String(secretNumberKey).split('/')[0] ?? '')
    return inUse
  }
  return {
    async removeBefore(instant, isOver) {
      const due: Key[] = []
      const imports = scanned(client, {
        TableName: tables.imports,
        FilterExpression: 'createdAt < :instant AND #state <> :applying',
        ProjectionExpression: 'importId',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':instant': instant, ':applying': 'applying' },
      })
      for await (const key of imports) due.push(key)
      if (due.length === 0) return { deleted: 0, isComplete: true }
      const inUse = await importsInUse()
      return removeAll(
        client,
        tables.imports,
        due.filter(({ importId }) => !inUse.has(String(importId))),
        isOver,
      )
    },
  }
}

/** A release goes with its opening, its corrections and their mails, and after the last result that they made visible. */
const expiredReleases = (client: DynamoDBDocumentClient, tables: Tables): RetainedRecords => {
  const hasResults = async (session: string) => {
    for (const shard of shards) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tables.results,
          IndexName: 'bySession',
          KeyConditionExpression: 'sessionShard = :shard',
          ExpressionAttributeValues: { ':shard': sessionShardKey(session, shard) },
          Limit: 1,
        }),
      )
      if (Items.length > 0) return true
    }
    return false
  }
  /** The scopes of a release's mails, of what it replaced and what corrected it among them. */
  const mailScopes = async () => {
    const bySession = new Map<string, Set<string>>()
    const byRelease = new Map<string, Set<string>>()
    const rows = scanned(client, {
      TableName: tables.deliveries,
      FilterExpression: 'NOT begins_with(#scope, :prefix)',
      ProjectionExpression: '#scope, #session',
      ExpressionAttributeNames: { '#scope': 'scope', '#session': 'session' },
      ExpressionAttributeValues: { ':prefix': accountEmailPrefix },
    })
    for await (const { scope, session } of rows) {
      const releaseId = String(scope).split('#')[0] as string
      addTo(byRelease, releaseId, String(scope))
      if (typeof session === 'string') addTo(bySession, session, releaseId)
    }
    const corrections = scanned(client, {
      TableName: tables.corrections,
      ProjectionExpression: '#session, releaseId',
      ExpressionAttributeNames: { '#session': 'session' },
    })
    for await (const { session, releaseId } of corrections) addTo(bySession, String(session), String(releaseId))
    return ({ session, releaseId }: Key) =>
      [releaseId as string, ...(bySession.get(session as string) ?? [])].flatMap((id) => [...(byRelease.get(id) ?? [])])
  }
  return {
    async removeBefore(instant, isOver) {
      const due: Key[] = []
      const releases = scanned(client, {
        TableName: tables.releases,
        FilterExpression: 'releaseAt < :instant',
        ProjectionExpression: '#session, releaseId',
        ExpressionAttributeNames: { '#session': 'session' },
        ExpressionAttributeValues: { ':instant': instant },
      })
      for await (const release of releases) if (!(await hasResults(String(release.session)))) due.push(release)
      if (due.length === 0) return { deleted: 0, isComplete: true }
      const scopesOf = await mailScopes()
      let deleted = 0
      for (const release of due) {
        const scopes = new Set(scopesOf(release))
        const { session } = release
        // Batches after the rest, as they alone name the session: interrupted, what is left is found again.
        for (const areBatches of [false, true]) {
          const rows = rowsOf(client, tables.deliveries, scopes, areBatches)
          const mails = await removeAll(client, tables.deliveries, rows, isOver)
          if (!mails.isComplete) return { deleted, isComplete: false }
        }
        for (const TableName of [tables.corrections, tables.openings, tables.releases]) {
          await retryOnConflict(() => client.send(new DeleteCommand({ TableName, Key: { session } })))
        }
        deleted++
      }
      return { deleted, isComplete: true }
    },
  }
}

const addTo = (sets: Map<string, Set<string>>, key: string, value: string) =>
  sets.set(key, (sets.get(key) ?? new Set()).add(value))

async function* scanned(client: DynamoDBDocumentClient, input: ScanCommandInput): AsyncGenerator<Key> {
  for await (const { Items = [] } of paginateScan({ client }, input)) yield* Items
}

/** Keys of the batches of these scopes, or of everything else there. */
async function* rowsOf(
  client: DynamoDBDocumentClient,
  TableName: string,
  scopes: Iterable<string>,
  areBatches: boolean,
): AsyncGenerator<Key> {
  for (const scope of scopes) {
    const query = {
      TableName,
      KeyConditionExpression: '#scope = :scope',
      ProjectionExpression: '#scope, #item',
      ExpressionAttributeNames: { '#scope': 'scope', '#item': 'item' },
      ExpressionAttributeValues: { ':scope': scope },
    }
    for await (const { Items = [] } of paginateQuery({ client }, query)) {
      yield* Items.filter(({ item }) => String(item).startsWith(batchPrefix) === areBatches)
    }
  }
}

const removeAll = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  keys: AsyncIterable<Key> | Iterable<Key>,
  isOver: () => boolean,
): Promise<{ deleted: number; isComplete: boolean }> => {
  let deleted = 0
  let some: Key[] = []
  const removeSome = async () => {
    await Promise.all(
      some.map((key) => retryOnConflict(() => client.send(new DeleteCommand({ TableName, Key: { ...key } })))),
    )
    deleted += some.length
    some = []
  }
  for await (const key of keys) {
    some.push(key)
    if (some.length < concurrency) continue
    if (isOver()) return { deleted, isComplete: false }
    await removeSome()
  }
  await removeSome()
  return { deleted, isComplete: true }
}
