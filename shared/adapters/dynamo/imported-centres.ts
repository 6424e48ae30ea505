import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { centreFields } from '../../domain/centre.ts'
import type { ImportedCentres, StoredCentre } from '../../ports/imported-centres.ts'
import { batchGet } from './batch-get.ts'
import { conditional } from './conditional.ts'

const attributes = [...centreFields, 'version', 'fencingToken'] as const satisfies readonly (keyof StoredCentre)[]

const isNew = 'attribute_not_exists(centreNumber)'
const isTheOneBefore = 'version = :before'

/** The directory, a row for each centre; a put takes the place of the very version before it. */
export const dynamoImportedCentres = (client: DynamoDBDocumentClient, TableName: string): ImportedCentres => ({
  async find(centreNumbers) {
    const { [TableName]: items = [] } = await batchGet(client, {
      [TableName]: { keys: centreNumbers.map((centreNumber) => ({ centreNumber })), attributes },
    })
    return new Map(items.map((item) => [item.centreNumber as string, item as unknown as StoredCentre]))
  },
  async put(centre) {
    const condition =
      centre.version === 1
        ? { ConditionExpression: isNew }
        : { ConditionExpression: isTheOneBefore, ExpressionAttributeValues: { ':before': centre.version - 1 } }
    const { outcome } = await conditional(() => client.send(new PutCommand({ TableName, Item: centre, ...condition })))
    return outcome === 'written' ? 'put' : 'present'
  },
})
