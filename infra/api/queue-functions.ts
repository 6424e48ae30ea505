import { ArnFormat } from 'aws-cdk-lib'
import { type DeadLetterQueueName, deadLetterQueues, notRedrivable } from '../../shared/contracts/dead-letters.ts'
import { type AnsweringFunctions } from '../constructs/http-routes.ts'
import { serviceFunction } from '../constructs/service-function.ts'
import { stageResourceName } from '../stages.ts'
import { type ApiParts, longestAnswer } from './api-parts.ts'

/** Operators' functions for dead-letter queues, which are found by the names in the contract. */
export const queueFunctions = ({ stack, parts }: ApiParts) => {
  const { stage } = parts
  const whenFailing = 'Candidates notice nothing; operators cannot list or redrive dead letters.'
  const environment = { QUEUE_PREFIX: stageResourceName(stage) }
  const arnOf = (name: string) =>
    stack.formatArn({
      service: 'sqs',
      resource: stageResourceName(stage, name),
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    })
  const names = Object.keys(deadLetterQueues) as DeadLetterQueueName[]
  const deadLetters = names.map((name) => arnOf(`${name}-dead-letters`))
  const list = serviceFunction(stack, 'queues/list-dead-letters', parts, {
    ...{ tables: { audit: ['PutItem'] }, environment, whenFailing, timeout: longestAnswer },
  })
  list.allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], ...deadLetters)
  const redrive = serviceFunction(stack, 'queues/redrive-dead-letters', parts, {
    ...{ tables: { audit: ['PutItem'] }, environment, whenFailing, timeout: longestAnswer },
  })
  const movable = names.filter((name) => !notRedrivable.includes(name))
  redrive.allow(
    [
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
      'sqs:StartMessageMoveTask',
    ],
    ...movable.map((name) => arnOf(`${name}-dead-letters`)),
  )
  redrive.allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], ...movable.map(arnOf))
  return {
    'queues/list-dead-letters': list,
    'queues/redrive-dead-letters': redrive,
  } satisfies Partial<AnsweringFunctions>
}
