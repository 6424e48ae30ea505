import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoImportsUnderWay } from '../../../shared/adapters/dynamo/imports.ts'
import { dynamoReleasePlans } from '../../../shared/adapters/dynamo/release-decisions.ts'
import { dynamoOpenings, dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { dynamoSessionDetails } from '../../../shared/adapters/dynamo/session-details.ts'
import {
  dynamoSessionAccounts,
  dynamoSessionEntries,
  dynamoSessionResults,
} from '../../../shared/adapters/dynamo/session-members.ts'
import { dynamoSessionSummaries } from '../../../shared/adapters/dynamo/session-summaries.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { zonesOfCountry } from '../../../shared/adapters/node/time-zones.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { correctionTransitions } from '../../../shared/domain/release-transitions.ts'
import { currentMailTemplates } from '../../../shared/emails/mail-templates.ts'
import { planReleaseHandler } from './handler.ts'
import { planRelease } from './plan-release.ts'

const environment = readEnvironment('release/plan-release')
const client = dynamoClient()

export const handler = planReleaseHandler(
  planRelease({
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    openings: dynamoOpenings(client, environment.OPENINGS_TABLE),
    results: dynamoSessionResults(client, environment.RESULTS_TABLE),
    entries: dynamoSessionEntries(client, environment.ENTRIES_TABLE),
    accounts: dynamoSessionAccounts(client, environment.ACCOUNTS_TABLE),
    details: dynamoSessionDetails(client, {
      entries: environment.ENTRIES_TABLE,
      results: environment.RESULTS_TABLE,
      centres: environment.CENTRES_TABLE,
    }),
    summaries: dynamoSessionSummaries(client, environment.SUMMARIES_TABLE),
    zonesOf: zonesOfCountry,
    importsUnderWay: dynamoImportsUnderWay(client, environment.IMPORTS_TABLE),
    plans: dynamoReleasePlans(client, { releases: environment.RELEASES_TABLE, audit: environment.AUDIT_TABLE }),
    correctionPlans: dynamoReleasePlans(
      client,
      { releases: environment.CORRECTIONS_TABLE, audit: environment.AUDIT_TABLE },
      correctionTransitions,
    ),
    templates: currentMailTemplates(sha256),
    newDigest: sha256,
    clock: systemClock,
    newId: randomIds,
  }),
  environment.SITE_URL,
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
