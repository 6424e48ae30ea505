import { dynamoChangeableAccounts } from '../../../shared/adapters/dynamo/account-choices.ts'
import { dynamoAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { aesUnsubscribeTokens } from '../../../shared/adapters/node/unsubscribe-tokens.ts'
import { secretText } from '../../../shared/adapters/secrets-manager/secret-text.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { unsubscribeHandler } from './handler.ts'
import { unsubscribe } from './unsubscribe.ts'

const environment = readEnvironment('mail/unsubscribe')
const client = dynamoClient()

export const handler = unsubscribeHandler(
  unsubscribe({
    tokens: aesUnsubscribeTokens(secretText(environment.UNSUBSCRIBE_KEY_SECRET)),
    accounts: dynamoAccounts(client, environment.ACCOUNTS_TABLE),
    choices: dynamoChangeableAccounts(client, environment.ACCOUNTS_TABLE),
  }),
  // Sent by mail programs from any origin, not by our pages.
  { originSecret: environment.ORIGIN_SECRET },
)
