import { dynamoAuditTrail, dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { sqsDeadLetterCounts, sqsDeadLetterMoves } from '../../../shared/adapters/sqs/dead-letters.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { redriveDeadLettersHandler } from './handler.ts'
import { redriveDeadLetters } from './redrive-dead-letters.ts'

const environment = readEnvironment('queues/redrive-dead-letters')
const client = dynamoClient()

export const handler = redriveDeadLettersHandler(
  redriveDeadLetters({
    counts: sqsDeadLetterCounts(environment.QUEUE_PREFIX),
    moves: sqsDeadLetterMoves(environment.QUEUE_PREFIX),
    audit: dynamoAuditTrail(client, environment.AUDIT_TABLE),
    clock: systemClock,
    newId: randomIds,
  }),
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
