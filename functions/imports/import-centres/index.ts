import { backgroundTimeout } from '../../../shared/adapters/aws/client-timeouts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoImportedCentres } from '../../../shared/adapters/dynamo/imported-centres.ts'
import { dynamoImports } from '../../../shared/adapters/dynamo/imports.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import { s3ImportFiles, s3ImportReports } from '../../../shared/adapters/s3/import-files.ts'
import { sqsImportQueue } from '../../../shared/adapters/sqs/import-queue.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { importCentresHandler } from './handler.ts'
import { importCentres } from './import-centres.ts'

const environment = readEnvironment('imports/import-centres')
const client = dynamoClient(backgroundTimeout)

export const handler = importCentresHandler(
  importCentres({
    imports: dynamoImports(client, { imports: environment.IMPORTS_TABLE }),
    centres: dynamoImportedCentres(client, environment.CENTRES_TABLE),
    files: s3ImportFiles(environment.IMPORTS_BUCKET),
    reports: s3ImportReports(environment.IMPORTS_BUCKET),
    queue: sqsImportQueue({ queueUrl: environment.IMPORTS_QUEUE, bucket: environment.IMPORTS_BUCKET }),
    newDigest: sha256,
    clock: systemClock,
    pause: jitteredPause,
    newId: randomIds,
  }),
)
