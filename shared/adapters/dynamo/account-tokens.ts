import { createHash } from 'node:crypto'
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import { ttlAttribute } from '../../contracts/tables.ts'
import { type EpochMilliseconds, toEpochSeconds } from '../../domain/time.ts'
import type { TransactItems } from './transact.ts'

/** What is kept of a token: its SHA-256 in base64url. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('base64url')

type TokenKind = 'password-reset' | 'email-confirmation'

/** Part of the transaction that gives an account a token: by it the account is found again. */
export const putToken = (
  TableName: string,
  token: { readonly tokenHash: string; readonly kind: TokenKind; readonly idNumber: string },
  expiresAt: EpochMilliseconds,
): TransactItems[number] => ({
  Put: { TableName, Item: { ...token, expiresAt, [ttlAttribute]: toEpochSeconds(expiresAt) } },
})

/** Whose token it is, if there is one of this kind; good or not. */
export const ownerOfToken = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  tokenHash: string,
  kind: TokenKind,
): Promise<string | undefined> => {
  const { Item } = await client.send(new GetCommand({ TableName, Key: { tokenHash }, ConsistentRead: true }))
  return Item?.kind === kind ? String(Item.idNumber) : undefined
}
