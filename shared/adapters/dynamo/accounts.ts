import { type AttributeValue, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { Account } from '../../domain/account.ts'
import { sessionShardOf } from '../../domain/identifiers.ts'
import { epochMilliseconds } from '../../domain/time.ts'
import type { Accounts, NewAccounts, RegisteredIds } from '../../ports/accounts.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Pause } from '../../ports/pause.ts'
import { jitteredPause } from '../node/pause.ts'
import { putOutboxRow } from './outbox.ts'
import { conflictBackoff } from './transact.ts'

export const dynamoAccounts = (client: DynamoDBDocumentClient, tableName: string): Accounts => ({
  async find(idNumber) {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { idNumber }, ConsistentRead: true }),
    )
    return Item as Account | undefined
  },
})

export const dynamoRegisteredIds = (client: DynamoDBDocumentClient, tableName: string): RegisteredIds => ({
  async has(idNumber) {
    const { Item } = await client.send(
      new GetCommand({
        TableName: tableName,
        Key: { idNumber },
        ConsistentRead: true,
        ProjectionExpression: 'idNumber',
      }),
    )
    return Item !== undefined
  },
})

const nobodyHasIt = 'attribute_not_exists(idNumber)'
const itIsThere = 'attribute_exists(idNumber)'

export const dynamoNewAccounts = (
  client: DynamoDBDocumentClient,
  tables: { readonly accounts: string; readonly entries: string; readonly outbox: string },
  clock: Pick<Clock, 'now'>,
  pause: Pause = jitteredPause,
): NewAccounts => ({
  create(account, event) {
    const transaction = new TransactWriteCommand({
      TransactItems: [
        {
          Put: {
            TableName: tables.accounts,
            Item: { ...account, sessionShard: sessionShardOf(account.session, account.idNumber) },
            ConditionExpression: nobodyHasIt,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        // A deletion takes the entry last: no account may come after it, which nothing would find any more.
        {
          ConditionCheck: {
            TableName: tables.entries,
            Key: { idNumber: account.idNumber },
            ConditionExpression: itIsThere,
          },
        },
        putOutboxRow(tables.outbox, event, clock.now()),
      ],
    })
    const attempt = async ([milliseconds, ...rest]: readonly number[]): ReturnType<NewAccounts['create']> => {
      try {
        await client.send(transaction)
        return { outcome: 'created' }
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error
        const [put, check] = error.CancellationReasons ?? []
        if (put?.Code === 'ConditionalCheckFailed' && put.Item)
          return { outcome: 'taken', by: registrationOf(put.Item) }
        if (check?.Code === 'ConditionalCheckFailed') return { outcome: 'no-entry' }
        if (milliseconds === undefined || !isConflict(error)) throw error
        await pause(milliseconds)
        return attempt(rest)
      }
    }
    return attempt(conflictBackoff)
  },
})

const isConflict = ({ CancellationReasons = [] }: TransactionCanceledException): boolean =>
  CancellationReasons.some(({ Code }) => Code === 'TransactionConflict')

/** The document client leaves the items of errors as DynamoDB writes them. */
const registrationOf = ({ registrationHash, registeredAt }: Record<string, AttributeValue>) => ({
  registrationHash: registrationHash?.S ?? '',
  registeredAt: epochMilliseconds(Number(registeredAt?.N ?? 0)),
})
