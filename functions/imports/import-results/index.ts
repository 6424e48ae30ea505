import { backgroundTimeout } from '../../../shared/adapters/aws/client-timeouts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEntriesFacts } from '../../../shared/adapters/dynamo/entries-facts.ts'
import { dynamoImports } from '../../../shared/adapters/dynamo/imports.ts'
import { dynamoAgreements } from '../../../shared/adapters/dynamo/releases.ts'
import { dynamoResultHistory } from '../../../shared/adapters/dynamo/result-history.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import { s3ImportFiles, s3ImportReports } from '../../../shared/adapters/s3/import-files.ts'
import { sqsImportQueue } from '../../../shared/adapters/sqs/import-queue.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { importResultsHandler } from './handler.ts'
import { importResults } from './import-results.ts'

const environment = readEnvironment('imports/import-results')
const client = dynamoClient(backgroundTimeout)

export const handler = importResultsHandler(
  importResults({
    imports: dynamoImports(client, { imports: environment.IMPORTS_TABLE }),
    results: dynamoResultHistory(client, environment.RESULTS_TABLE),
    releases: dynamoAgreements(client, {
      releases: environment.RELEASES_TABLE,
      corrections: environment.CORRECTIONS_TABLE,
    }),
    entriesFacts: dynamoEntriesFacts(client, environment.ENTRIES_TABLE),
    files: s3ImportFiles(environment.IMPORTS_BUCKET),
    reports: s3ImportReports(environment.IMPORTS_BUCKET),
    newDigest: sha256,
    queue: sqsImportQueue({ queueUrl: environment.IMPORTS_QUEUE, bucket: environment.IMPORTS_BUCKET }),
    clock: systemClock,
    pause: jitteredPause,
    newId: randomIds,
  }),
)
