import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import type { Centre } from '../../domain/centre.ts'
import type { Centres } from '../../ports/centres.ts'

export const dynamoCentres = (client: DynamoDBDocumentClient, TableName: string): Centres => ({
  async find(centreNumber) {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { centreNumber } }))
    return Item as Centre | undefined
  },
})
