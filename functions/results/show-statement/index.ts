import regular from 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf'
import bold from 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'
import { dynamoAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoCentres } from '../../../shared/adapters/dynamo/centres.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEntries } from '../../../shared/adapters/dynamo/entries.ts'
import { dynamoReleaseStates } from '../../../shared/adapters/dynamo/release-states.ts'
import { dynamoResults } from '../../../shared/adapters/dynamo/results.ts'
import { dynamoSessions } from '../../../shared/adapters/dynamo/sessions.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { pdfkitStatements } from '../../../shared/adapters/pdfkit/statement-printer.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { fromEnvironment } from '../../../shared/contracts/expected-results.ts'
import { readWindowRules } from '../../../shared/domain/result-window.ts'
import { identifyCandidate } from '../../../shared/protocols/identify-candidate.ts'
import { listResults } from '../../../shared/protocols/list-results.ts'
import { showStatementHandler } from './handler.ts'
import { showStatement } from './show-statement.ts'

const environment = readEnvironment('results/show-statement')
const client = dynamoClient()
const clock = systemClock

export const handler = showStatementHandler(
  showStatement({
    listResults: listResults({
      entries: dynamoEntries(client, environment.ENTRIES_TABLE),
      results: dynamoResults(client, environment.RESULTS_TABLE),
      releaseStates: dynamoReleaseStates(client, {
        releases: environment.RELEASES_TABLE,
        openings: environment.OPENINGS_TABLE,
      }),
      clock,
      windowRules: readWindowRules(fromEnvironment(environment)),
    }),
    centres: dynamoCentres(client, environment.CENTRES_TABLE),
    print: pdfkitStatements({ fonts: { regular, bold }, issuer: environment.SERVICE_NAME }),
  }),
  {
    originSecret: environment.ORIGIN_SECRET,
    authenticate: identifyCandidate({
      sessions: dynamoSessions(client, environment.SESSIONS_TABLE),
      accounts: dynamoAccounts(client, environment.ACCOUNTS_TABLE),
      clock,
    }),
  },
)
