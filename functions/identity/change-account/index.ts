import { dynamoChangeableAccounts } from '../../../shared/adapters/dynamo/account-choices.ts'
import { dynamoAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEntries } from '../../../shared/adapters/dynamo/entries.ts'
import { dynamoSessions } from '../../../shared/adapters/dynamo/sessions.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { identifyCandidate } from '../../../shared/protocols/identify-candidate.ts'
import { changeAccount } from './change-account.ts'
import { changeAccountHandler } from './handler.ts'

const environment = readEnvironment('identity/change-account')
const client = dynamoClient()

export const handler = changeAccountHandler(
  changeAccount({
    accounts: dynamoChangeableAccounts(client, environment.ACCOUNTS_TABLE),
    entries: dynamoEntries(client, environment.ENTRIES_TABLE),
    clock: systemClock,
  }),
  {
    originSecret: environment.ORIGIN_SECRET,
    siteUrl: environment.SITE_URL,
    authenticate: identifyCandidate({
      sessions: dynamoSessions(client, environment.SESSIONS_TABLE),
      accounts: dynamoAccounts(client, environment.ACCOUNTS_TABLE),
      clock: systemClock,
    }),
  },
)
