import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { sqsDeadLetterCounts } from '../../../shared/adapters/sqs/dead-letters.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { listDeadLettersHandler } from './handler.ts'
import { listDeadLetters } from './list-dead-letters.ts'

const environment = readEnvironment('queues/list-dead-letters')

export const handler = listDeadLettersHandler(
  listDeadLetters({ counts: sqsDeadLetterCounts(environment.QUEUE_PREFIX) }),
  { refusals: dynamoRefusals(dynamoClient(), environment.AUDIT_TABLE) },
)
