import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { ImportRecord } from '../../domain/import.ts'
import type { ImportLease, Imports, ImportsUnderWay } from '../../ports/imports.ts'
import { putAuditEntry } from './audit.ts'
import { conditional } from './conditional.ts'
import { transact } from './transact.ts'

/** Key of the item that holds the lease of one kind of file; no import has an id of this form. */
const leaseKey = (kind: ImportLease['kind']) => ({ importId: `lease#${kind}` })

const nobodyHasIt = 'attribute_not_exists(importId)'
const isPhase = '#state = :state'
const isMine = 'attempt = :attempt'
const hasExpired = 'expiresAt <= :now'
const isBetweenImports = 'isApplying = :no'
const isTheSameImport = 'holder = :holder'

interface LeaseItem {
  readonly holder: string
  readonly expiresAt: number
  readonly isApplying: boolean
}

/** Imports and their leases, in one table. `start-import` alone names the audit table. */
export const dynamoImports = (
  client: DynamoDBDocumentClient,
  tables: { readonly imports: string; readonly audit?: string },
): Imports => {
  const TableName = tables.imports
  const find = async (importId: string) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { importId }, ConsistentRead: true }))
    return Item?.kind && Item.state ? (Item as unknown as ImportRecord) : undefined
  }
  const setExpiry = (lease: ImportLease, expiresAt: number) =>
    conditional(() =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: leaseKey(lease.kind),
          UpdateExpression: 'SET expiresAt = :expiresAt',
          ConditionExpression: isMine,
          ExpressionAttributeValues: { ':attempt': lease.attempt, ':expiresAt': expiresAt },
        }),
      ),
    )

  return {
    find,
    async create(record, audit) {
      if (!tables.audit) throw new Error('this function may not start imports')
      const written = await transact(client, [
        { Put: { TableName, Item: { ...record, dataKeys: {} }, ConditionExpression: nobodyHasIt } },
        putAuditEntry(tables.audit, audit),
      ])
      if (written === 'refused') throw new Error('an import with this id is there already')
    },
    async acquireLease(lease, now) {
      let fencingToken: unknown
      const { outcome } = await conditional(async () => {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName,
            Key: leaseKey(lease.kind),
            UpdateExpression:
              'SET holder = :holder, attempt = :attempt, expiresAt = :expiresAt, isApplying = if_not_exists(isApplying, :no) ADD fencingToken :one',
            ConditionExpression: `${nobodyHasIt} OR ${isMine} OR (${hasExpired} AND (${isBetweenImports} OR ${isTheSameImport}))`,
            ExpressionAttributeValues: {
              ':holder': lease.importId,
              ':attempt': lease.attempt,
              ':expiresAt': lease.until,
              ':now': now,
              ':no': false,
              ':one': 1,
            },
            ReturnValues: 'UPDATED_NEW',
          }),
        )
        fencingToken = Attributes?.fencingToken
      })
      return outcome === 'written' ? { ...lease, fencingToken: fencingToken as number } : undefined
    },
    async findAbandoned(kind, now) {
      const { Item } = await client.send(new GetCommand({ TableName, Key: leaseKey(kind), ConsistentRead: true }))
      const lease = Item as LeaseItem | undefined
      return lease?.isApplying && lease.expiresAt <= now ? lease.holder : undefined
    },
    async noteProgress(lease, progress) {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: { importId: lease.importId },
          UpdateExpression: 'SET progress = :progress',
          ConditionExpression: isPhase,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ':progress': progress,
            ':state': progress.phase === 'applying' ? 'applying' : 'waiting',
          },
        }),
      )
    },
    async renewLease(lease) {
      return (await setExpiry(lease, lease.until)).outcome === 'written' ? 'renewed' : 'lost'
    },
    async releaseLease(lease) {
      await setExpiry(lease, 0)
    },
    async startApplying(lease, { objectVersion, sessions, rows, totals, changes }) {
      const written = await transact(client, [
        {
          Update: {
            TableName,
            Key: { importId: lease.importId },
            UpdateExpression:
              'SET #state = :applying, objectVersion = :version, sessions = :sessions, #rows = :rows, totals = :totals, changes = :changes, progress = :progress',
            ConditionExpression: '#state = :waiting',
            ExpressionAttributeNames: { '#state': 'state', '#rows': 'rows' },
            ExpressionAttributeValues: {
              ':applying': 'applying',
              ':waiting': 'waiting',
              ':version': objectVersion,
              ':sessions': sessions,
              ':rows': rows,
              ':totals': totals,
              ':changes': changes,
              ':progress': { phase: 'applying', rows: 0, share: 0 },
            },
          },
        },
        {
          Update: {
            TableName,
            Key: leaseKey(lease.kind),
            UpdateExpression: 'SET isApplying = :yes',
            ConditionExpression: isMine,
            ExpressionAttributeValues: { ':yes': true, ':attempt': lease.attempt },
          },
        },
      ])
      if (written === 'refused') throw new Error('the import is not waiting, or the lease is lost')
    },
    async keepDataKey(lease, encryptedKey) {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: { importId: lease.importId },
          UpdateExpression: 'SET dataKeys.#attempt = :key',
          ConditionExpression: '#state = :applying',
          ExpressionAttributeNames: { '#attempt': lease.attempt, '#state': 'state' },
          ExpressionAttributeValues: { ':key': encryptedKey, ':applying': 'applying' },
        }),
      )
    },
    async finish(lease, { state, rows, accepted, objectVersion }) {
      const written = await transact(client, [
        {
          Update: {
            TableName,
            Key: { importId: lease.importId },
            UpdateExpression: 'SET #state = :state, #rows = :rows, accepted = :accepted, objectVersion = :version',
            ConditionExpression: '#state IN (:waiting, :applying)',
            ExpressionAttributeNames: { '#state': 'state', '#rows': 'rows' },
            ExpressionAttributeValues: {
              ':state': state,
              ':waiting': 'waiting',
              ':applying': 'applying',
              ':rows': rows,
              ':accepted': accepted,
              ':version': objectVersion,
            },
          },
        },
        {
          // The item stays: it holds the last fencing token.
          Update: {
            TableName,
            Key: leaseKey(lease.kind),
            UpdateExpression: 'SET isApplying = :no, expiresAt = :never, attempt = :nobody',
            ConditionExpression: isMine,
            ExpressionAttributeValues: { ':attempt': lease.attempt, ':no': false, ':never': 0, ':nobody': '' },
          },
        },
      ])
      if (written === 'written') return
      if ((await find(lease.importId))?.state !== state) throw new Error('the import was ended by somebody else')
    },
  }
}

/** Reads which imports hold a lease, and which sessions they change. */
export const dynamoImportsUnderWay = (client: DynamoDBDocumentClient, TableName: string): ImportsUnderWay => {
  const read = async (Key: { importId: string }) =>
    (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item
  return {
    async changing(session) {
      const leases = (await Promise.all([read(leaseKey('entries')), read(leaseKey('results'))])) as (
        | LeaseItem
        | undefined
      )[]
      const holders = leases.flatMap((lease) => (lease?.isApplying ? [lease.holder] : []))
      const imports = (await Promise.all(holders.map((importId) => read({ importId })))) as (ImportRecord | undefined)[]
      return imports.filter((found) => found !== undefined).filter(({ sessions }) => sessions?.includes(session))
    },
  }
}
