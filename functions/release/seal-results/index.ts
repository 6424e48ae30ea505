import { backgroundTimeout } from '../../../shared/adapters/aws/client-timeouts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoOpenings, dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { dynamoSessionResults } from '../../../shared/adapters/dynamo/session-members.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { sealResultsHandler } from './handler.ts'
import { sealCorrection, sealResults } from './seal-results.ts'

const environment = readEnvironment('release/seal-results')
const client = dynamoClient(backgroundTimeout)

const ports = {
  releases: dynamoReleases(client, environment.RELEASES_TABLE),
  corrections: dynamoReleases(client, environment.CORRECTIONS_TABLE),
  openings: dynamoOpenings(client, environment.OPENINGS_TABLE),
  results: dynamoSessionResults(client, environment.RESULTS_TABLE),
  newDigest: sha256,
}

export const handler = sealResultsHandler({ sealResults: sealResults(ports), sealCorrection: sealCorrection(ports) })
