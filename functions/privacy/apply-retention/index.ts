import { backgroundTimeout } from '../../../shared/adapters/aws/client-timeouts.ts'
import { dynamoCandidateRecords } from '../../../shared/adapters/dynamo/candidate-records.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoRetainedRecords } from '../../../shared/adapters/dynamo/retained-records.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { secretsManagerKeyedHash } from '../../../shared/adapters/secrets-manager/keyed-hash.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { deleteCandidate } from '../../../shared/protocols/delete-candidate.ts'
import { applyRetention } from './apply-retention.ts'
import { applyRetentionHandler } from './handler.ts'

const environment = readEnvironment('privacy/apply-retention')
const clock = systemClock
const client = dynamoClient(backgroundTimeout)
const tables = {
  entries: environment.ENTRIES_TABLE,
  accounts: environment.ACCOUNTS_TABLE,
  results: environment.RESULTS_TABLE,
  tokens: environment.TOKENS_TABLE,
  releases: environment.RELEASES_TABLE,
  openings: environment.OPENINGS_TABLE,
  corrections: environment.CORRECTIONS_TABLE,
  deliveries: environment.DELIVERIES_TABLE,
  imports: environment.IMPORTS_TABLE,
  audit: environment.AUDIT_TABLE,
}
const records = dynamoCandidateRecords(client, tables)

export const handler = applyRetentionHandler(
  applyRetention({
    records,
    deleteCandidate: deleteCandidate({
      records,
      // The prefix in its text keeps it apart from guards, which are hashed under the same key.
      pseudonymHash: secretsManagerKeyedHash(environment.GUARD_KEY_SECRET),
      clock,
      newId: randomIds,
    }),
    aged: dynamoRetainedRecords(client, tables),
    clock,
  }),
)
