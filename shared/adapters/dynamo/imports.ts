import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { ImportRecord } from '../../domain/import.ts'
import type { Imports, ImportsUnderWay, Turn } from '../../ports/imports.ts'
import { putAuditEntry } from './audit.ts'
import { conditional } from './conditional.ts'
import { transact } from './transact.ts'

/** Key of the item that says whose turn it is; no import has an id of this form. */
const turnKey = (kind: Turn['kind']) => ({ importId: `turn#${kind}` })

const nobodyHasIt = 'attribute_not_exists(importId)'
const isPhase = '#state = :state'
const isMine = 'attempt = :attempt'
const hasLapsed = 'lapsesAt <= :now'
const isBetweenImports = 'isApplying = :no'
const isTheSameImport = 'holder = :holder'

interface TurnItem {
  readonly holder: string
  readonly lapsesAt: number
  readonly isApplying: boolean
}

/** Imports and whose turn it is, in one table. `start-import` alone names the audit table. */
export const dynamoImports = (
  client: DynamoDBDocumentClient,
  tables: { readonly imports: string; readonly audit?: string },
): Imports => {
  const TableName = tables.imports
  const find = async (importId: string) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { importId }, ConsistentRead: true }))
    return Item?.kind && Item.state ? (Item as unknown as ImportRecord) : undefined
  }
  const lapseAt = (turn: Turn, lapsesAt: number) =>
    conditional(() =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: turnKey(turn.kind),
          UpdateExpression: 'SET lapsesAt = :lapsesAt',
          ConditionExpression: isMine,
          ExpressionAttributeValues: { ':attempt': turn.attempt, ':lapsesAt': lapsesAt },
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
    async takeTurn(turn, now) {
      let number: unknown
      const { outcome } = await conditional(async () => {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName,
            Key: turnKey(turn.kind),
            UpdateExpression:
              'SET holder = :holder, attempt = :attempt, lapsesAt = :lapsesAt, isApplying = if_not_exists(isApplying, :no) ADD turnNumber :one',
            ConditionExpression: `${nobodyHasIt} OR ${isMine} OR (${hasLapsed} AND (${isBetweenImports} OR ${isTheSameImport}))`,
            ExpressionAttributeValues: {
              ':holder': turn.importId,
              ':attempt': turn.attempt,
              ':lapsesAt': turn.until,
              ':now': now,
              ':no': false,
              ':one': 1,
            },
            ReturnValues: 'UPDATED_NEW',
          }),
        )
        number = Attributes?.turnNumber
      })
      return outcome === 'written' ? { ...turn, number: number as number } : undefined
    },
    async findAbandoned(kind, now) {
      const { Item } = await client.send(new GetCommand({ TableName, Key: turnKey(kind), ConsistentRead: true }))
      const turn = Item as TurnItem | undefined
      return turn?.isApplying && turn.lapsesAt <= now ? turn.holder : undefined
    },
    async noteProgress(turn, progress) {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: { importId: turn.importId },
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
    async keepTurn(turn) {
      return (await lapseAt(turn, turn.until)).outcome === 'written' ? 'kept' : 'lost'
    },
    async giveUpTurn(turn) {
      await lapseAt(turn, 0)
    },
    async startApplying(turn, { objectVersion, sessions, rows, totals, changes }) {
      const written = await transact(client, [
        {
          Update: {
            TableName,
            Key: { importId: turn.importId },
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
            Key: turnKey(turn.kind),
            UpdateExpression: 'SET isApplying = :yes',
            ConditionExpression: isMine,
            ExpressionAttributeValues: { ':yes': true, ':attempt': turn.attempt },
          },
        },
      ])
      if (written === 'refused') throw new Error('the import is not waiting, or the turn is lost')
    },
    async keepDataKey(turn, encryptedKey) {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: { importId: turn.importId },
          UpdateExpression: 'SET dataKeys.#attempt = :key',
          ConditionExpression: '#state = :applying',
          ExpressionAttributeNames: { '#attempt': turn.attempt, '#state': 'state' },
          ExpressionAttributeValues: { ':key': encryptedKey, ':applying': 'applying' },
        }),
      )
    },
    async finish(turn, { state, rows, accepted, objectVersion }) {
      const written = await transact(client, [
        {
          Update: {
            TableName,
            Key: { importId: turn.importId },
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
          // The item stays: it counts the turns.
          Update: {
            TableName,
            Key: turnKey(turn.kind),
            UpdateExpression: 'SET isApplying = :no, lapsesAt = :never, attempt = :nobody',
            ConditionExpression: isMine,
            ExpressionAttributeValues: { ':attempt': turn.attempt, ':no': false, ':never': 0, ':nobody': '' },
          },
        },
      ])
      if (written === 'written') return
      if ((await find(turn.importId))?.state !== state) throw new Error('the import was ended by somebody else')
    },
  }
}

/** Looks at whose turn it is, and what their imports change. */
export const dynamoImportsUnderWay = (client: DynamoDBDocumentClient, TableName: string): ImportsUnderWay => {
  const read = async (Key: { importId: string }) =>
    (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item
  return {
    async changing(session) {
      const turns = (await Promise.all([read(turnKey('entries')), read(turnKey('results'))])) as (
        | TurnItem
        | undefined
      )[]
      const holders = turns.flatMap((turn) => (turn?.isApplying ? [turn.holder] : []))
      const imports = (await Promise.all(holders.map((importId) => read({ importId })))) as (ImportRecord | undefined)[]
      return imports.filter((found) => found !== undefined).filter(({ sessions }) => sessions?.includes(session))
    },
  }
}
