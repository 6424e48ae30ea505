import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb'
import type { SessionSummary } from '../../domain/release-preview.ts'
import type { SessionSummaries } from '../../ports/session-summaries.ts'

export const dynamoSessionSummaries = (client: DynamoDBDocumentClient, TableName: string): SessionSummaries => ({
  async keep(summary) {
    await client.send(new PutCommand({ TableName, Item: summary }))
  },
  async find(session) {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { session } }))
    return Item as SessionSummary | undefined
  },
  async ofExam(exam) {
    const found: SessionSummary[] = []
    // One row a session, some hundreds a year, and asked when somebody plans: no index is worth its keep.
    const pages = paginateScan(
      { client },
      {
        TableName,
        FilterExpression: 'exam = :exam',
        ProjectionExpression: '#session, releaseId, distribution',
        ExpressionAttributeNames: { '#session': 'session' },
        ExpressionAttributeValues: { ':exam': exam },
      },
    )
    for await (const { Items = [] } of pages) found.push(...(Items as SessionSummary[]))
    return found
  },
})
