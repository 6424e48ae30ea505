import { type Faults, noFaults } from '../../faults.ts'
import { StartUpError } from '../../start-up-error.ts'
import type { LocalResource } from '../../types.ts'
import { nameOf } from '../access/role-policies.ts'
import { openJournal } from '../journal.ts'
import { dataFile, type ServiceContext } from '../service-context.ts'
import { createQueue, type Queue, type QueueMessage, type QueueOptions } from './queue.ts'

/** The assembly's queues. */
export interface Queues {
  /** By ARN or URL. */
  find(reference: string): Queue | undefined
  all(): readonly Queue[]
  stop(): void
}

interface RedrivePolicy {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number | string
}

/** Throws StartUpError on an unsupported kind of queue. */
export const createQueues = (
  context: ServiceContext,
  { deliveriesOf }: Pick<Faults, 'deliveriesOf'> = noFaults,
): Queues => {
  const queues = new Map<string, ReturnType<typeof createQueue>>()

  const redriveOf = (resource: LocalResource): Pick<QueueOptions, 'redrive'> => {
    const policy = resource.properties.RedrivePolicy as RedrivePolicy | undefined
    if (!policy) return {}
    const toDeadLetters = (message: QueueMessage) => {
      context.log(`${resource.arn.split(':').at(-1)}: message ${message.id} goes to the dead letters`)
      queues.get(policy.deadLetterTargetArn)?.adopt({ ...message, deadLetterSource: resource.arn })
    }
    return { redrive: { maxReceiveCount: Number(policy.maxReceiveCount), toDeadLetters } }
  }

  for (const resource of context.assembly.ofType('AWS::SQS::Queue')) {
    const { properties, arn, id } = resource
    if (properties.FifoQueue) throw new StartUpError(`${nameOf(resource)}: the local run does not support FIFO queues`)
    const journalFile = dataFile(context, 'queues', `${arn.split(':').at(-1)}.jsonl`)
    const queue = createQueue({
      arn,
      url: id,
      deliveries: () => deliveriesOf(arn),
      visibilityTimeoutSeconds: Number(properties.VisibilityTimeout ?? 30),
      delaySeconds: Number(properties.DelaySeconds ?? 0),
      ...redriveOf(resource),
      clock: context.clock,
      journal: openJournal(journalFile),
    })
    queues.set(arn, queue)
  }

  return {
    find: (reference) => queues.get(reference) ?? [...queues.values()].find(({ url }) => url === reference),
    all: () => [...queues.values()],
    stop() {
      for (const queue of queues.values()) queue.stop()
    },
  }
}
