import { dynamoAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEntries } from '../../../shared/adapters/dynamo/entries.ts'
import { dynamoSessions } from '../../../shared/adapters/dynamo/sessions.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { identifyCandidate } from '../../../shared/protocols/identify-candidate.ts'
import { showAccountHandler } from './handler.ts'
import { showAccount } from './show-account.ts'

const environment = readEnvironment('identity/show-account')
const client = dynamoClient()

export const handler = showAccountHandler(
  showAccount({ entries: dynamoEntries(client, environment.ENTRIES_TABLE), clock: systemClock }),
  {
    originSecret: environment.ORIGIN_SECRET,
    authenticate: identifyCandidate({
      sessions: dynamoSessions(client, environment.SESSIONS_TABLE),
      accounts: dynamoAccounts(client, environment.ACCOUNTS_TABLE),
      clock: systemClock,
    }),
  },
)
