import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { ResultVersion } from '../../domain/result.ts'
import type { Results } from '../../ports/results.ts'

/** One page holds more versions than anybody's result ever has; a second one would be a fault, not a result to skip. */
export const dynamoResults = (client: DynamoDBDocumentClient, tableName: string): Results => ({
  async versionsOf(idNumber) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'idNumber = :idNumber',
        ExpressionAttributeValues: { ':idNumber': idNumber },
        ConsistentRead: true,
      }),
    )
    if (LastEvaluatedKey) throw new Error('one result has more versions than a page holds')
    return Items as ResultVersion[]
  },
})
