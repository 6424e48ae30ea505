import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoCorrectionOpenings, dynamoSessionOpenings } from '../../../shared/adapters/dynamo/release-decisions.ts'
import { dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { currentMailTemplates } from '../../../shared/emails/mail-templates.ts'
import { releaseResultsHandler } from './handler.ts'
import { releaseSession, sweepReleases } from './release-results.ts'

const environment = readEnvironment('release/release-results')
const client = dynamoClient()

const told = { outbox: environment.OUTBOX_TABLE, audit: environment.AUDIT_TABLE }
const openings = environment.OPENINGS_TABLE

const ports = {
  releases: dynamoReleases(client, environment.RELEASES_TABLE),
  corrections: dynamoReleases(client, environment.CORRECTIONS_TABLE),
  openings: dynamoSessionOpenings(client, { releases: environment.RELEASES_TABLE, openings, ...told }),
  correctionOpenings: dynamoCorrectionOpenings(client, {
    corrections: environment.CORRECTIONS_TABLE,
    openings,
    ...told,
  }),
  templates: currentMailTemplates(sha256),
  clock: systemClock,
  newId: randomIds,
  pause: jitteredPause,
}

export const handler = releaseResultsHandler({
  releaseSession: releaseSession(ports),
  sweepReleases: sweepReleases(ports),
})
