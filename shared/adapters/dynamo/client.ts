import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { clientTimeouts } from '../aws/client-timeouts.ts'

/** The tables' client of a function: region and credentials from Lambda's environment, the SDK's own retries. */
export const dynamoClient = (requestTimeout?: number): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(clientTimeouts(requestTimeout)), {
    marshallOptions: { removeUndefinedValues: true },
  })
