import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { patience } from '../aws/patience.ts'

/** The tables' client of a function: region and credentials from Lambda's environment, the SDK's own retries. */
export const dynamoClient = (answerWithin?: number): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(patience(answerWithin)), {
    marshallOptions: { removeUndefinedValues: true },
  })
