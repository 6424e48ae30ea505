import { backgroundTimeout } from '../../../shared/adapters/aws/client-timeouts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoImportedEntries } from '../../../shared/adapters/dynamo/imported-entries.ts'
import { dynamoImports } from '../../../shared/adapters/dynamo/imports.ts'
import { kmsSecretNumberSeal } from '../../../shared/adapters/kms/secret-number-seal.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import { s3ImportFiles, s3ImportReports } from '../../../shared/adapters/s3/import-files.ts'
import { secretsManagerKeyedHash } from '../../../shared/adapters/secrets-manager/keyed-hash.ts'
import { sqsImportQueue } from '../../../shared/adapters/sqs/import-queue.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { importEntriesHandler } from './handler.ts'
import { importEntries } from './import-entries.ts'

const environment = readEnvironment('imports/import-entries')
const client = dynamoClient(backgroundTimeout)

export const handler = importEntriesHandler(
  importEntries({
    imports: dynamoImports(client, { imports: environment.IMPORTS_TABLE }),
    entries: dynamoImportedEntries(client, environment.ENTRIES_TABLE),
    files: s3ImportFiles(environment.IMPORTS_BUCKET),
    reports: s3ImportReports(environment.IMPORTS_BUCKET),
    keyedHash: secretsManagerKeyedHash(environment.SECRET_NUMBER_KEY_SECRET),
    newSeal: kmsSecretNumberSeal(environment.SECRET_NUMBER_CIPHER_KEY),
    queue: sqsImportQueue({ queueUrl: environment.IMPORTS_QUEUE, bucket: environment.IMPORTS_BUCKET }),
    newDigest: sha256,
    clock: systemClock,
    pause: jitteredPause,
    newId: randomIds,
  }),
)
