import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import type { Entry } from '../../domain/entry.ts'
import type { ClaimableEntries, Entries } from '../../ports/entries.ts'

const entryAttributes = [
  'idNumber',
  'exam',
  'dateTaken',
  'mode',
  'centreNumber',
  'session',
  'givenName',
  'familyName',
] as const satisfies readonly (keyof Entry)[]

// `session` and `mode` are reserved words.
const projection = (attributes: readonly string[]) => ({
  ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
})

const read = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  idNumber: string,
  attributes: readonly string[],
) => {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName, Key: { idNumber }, ConsistentRead: true, ...projection(attributes) }),
  )
  return Item
}

/** Leaves what is kept of the Secret number in the table. */
export const dynamoEntries = (client: DynamoDBDocumentClient, tableName: string): Entries => ({
  find: async (idNumber) => (await read(client, tableName, idNumber, entryAttributes)) as Entry | undefined,
})

export const dynamoClaimableEntries = (client: DynamoDBDocumentClient, tableName: string): ClaimableEntries => ({
  async find(idNumber) {
    const item = await read(client, tableName, idNumber, [...entryAttributes, 'secretHash'])
    if (!item) return undefined
    const { secretHash, ...entry } = item
    return { entry: entry as Entry, secretHash: String(secretHash) }
  },
})
