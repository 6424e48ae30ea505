import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { ImportKind } from '../../shared/contracts/messages.ts'
import type { DataStack } from '../stacks/data-stack.ts'
import { routeEvents } from './event-route.ts'
import { QueueWithDeadLetters } from './queue-with-dead-letters.ts'
import { type FunctionParts, type ServiceFunction, serviceFunction } from './service-function.ts'

export interface FileImportsProps {
  readonly parts: FunctionParts
  readonly data: DataStack
}

/** One kind of file: its importer, and what candidates notice while it fails. */
interface Kind {
  readonly whenFailing: string
  readonly importer: (environment: CommonEnvironment, whenFailing: string) => ServiceFunction
}

interface CommonEnvironment {
  readonly IMPORTS_BUCKET: string
  readonly IMPORTS_QUEUE: string
  readonly STAGE: string
}

/** A file of a million rows takes several invocations; each hands on to the next before its time is up. */
const timeout = Duration.minutes(15)
/** One full vCPU: importers parse and encrypt rows. */
const memory = 1769
/** It requeues the file for the next invocation, or until it gets the lease: some thousand times within a day. */
const allowsRecursion = true

/** File imports: per kind, object in the bucket → queue → importer, one file per invocation. */
export const fileImports = (scope: Construct, { parts, data }: FileImportsProps): void => {
  const { secretNumberKey, secretNumberCipherKey } = data
  const leaseAccess = ['GetItem', 'UpdateItem'] as const

  const kinds: Readonly<Record<ImportKind, Kind>> = {
    entries: {
      whenFailing: 'Candidates of the imported file cannot register yet.',
      importer(common, whenFailing) {
        const importer = serviceFunction(scope, 'imports/import-entries', parts, {
          tables: {
            imports: leaseAccess,
            entries: ['BatchGetItem', 'GetItem', 'PartiQLInsert', 'Query on bySession', 'UpdateItem'],
          },
          environment: {
            ...common,
            SECRET_NUMBER_KEY_SECRET: secretNumberKey.secretArn,
            SECRET_NUMBER_CIPHER_KEY: secretNumberCipherKey.keyArn,
          },
          ...{ whenFailing, memory, timeout, allowsRecursion },
        })
        importer.allow(['secretsmanager:GetSecretValue'], secretNumberKey.secretArn)
        importer.allow(['kms:GenerateDataKey'], secretNumberCipherKey.keyArn)
        return importer
      },
    },
    results: {
      whenFailing: 'Results of the imported file are missing; its release cannot be planned with them.',
      importer: (common, whenFailing) =>
        serviceFunction(scope, 'imports/import-results', parts, {
          tables: {
            imports: leaseAccess,
            results: ['BatchGetItem', 'PartiQLInsert', 'Query'],
            entries: ['BatchGetItem', 'GetItem', 'Query on bySession'],
            releases: ['UpdateItem'],
            corrections: ['UpdateItem'],
          },
          environment: common,
          ...{ whenFailing, memory, timeout, allowsRecursion },
        }),
    },
    centres: {
      whenFailing: 'The directory of exam centres is out of date.',
      importer: (common, whenFailing) =>
        serviceFunction(scope, 'imports/import-centres', parts, {
          tables: { imports: leaseAccess, centres: ['BatchGetItem', 'PutItem'] },
          environment: common,
          ...{ whenFailing, memory, timeout, allowsRecursion },
        }),
    },
  }
  for (const [kind, { whenFailing, importer }] of Object.entries(kinds)) {
    const queue = queueOf(scope, { parts, data }, kind, whenFailing)
    const environment = {
      IMPORTS_BUCKET: data.importsBucket.bucketName,
      IMPORTS_QUEUE: queue.queue.queueUrl,
      STAGE: parts.stage.name,
    }
    readFiles(importer(environment, whenFailing), kind, queue, data)
  }
}

const queueOf = (scope: Construct, { parts, data }: FileImportsProps, kind: string, whenFailing: string) => {
  const queue = new QueueWithDeadLetters(scope, `${kind}-imports`, {
    stage: parts.stage,
    consumerTimeout: timeout,
    maxMessageAge: Duration.minutes(15),
    maxReceiveCount: 3,
    whenFailing,
  })
  routeEvents(scope, `${kind}-files`, {
    pattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [data.importsBucket.bucketName] }, object: { key: [{ prefix: `${kind}/` }] } },
    },
    to: queue,
  })
  return queue
}

const readFiles = (
  importer: ServiceFunction,
  kind: string,
  queue: QueueWithDeadLetters,
  { importsBucket, importsKey }: DataStack,
) => {
  importer.consume(queue, { batchSize: 1, maxConcurrency: 2 })
  importer.allow(['sqs:SendMessage'], queue.queue.queueArn)
  const newNames = 'Each import has an object of its own, named after its id.'
  importer.allowMatching(
    ['s3:GetObject', 's3:GetObjectVersion', 's3:DeleteObject', 's3:DeleteObjectVersion'],
    importsBucket.arnForObjects(`${kind}/*`),
    newNames,
  )
  importer.allowMatching(['s3:PutObject'], importsBucket.arnForObjects('reports/*'), newNames)
  importer.allow(['kms:Decrypt', 'kms:GenerateDataKey'], importsKey.keyArn)
}
