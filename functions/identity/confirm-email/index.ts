import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEmailConfirmations } from '../../../shared/adapters/dynamo/email-changes.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { confirmEmail } from './confirm-email.ts'
import { confirmEmailHandler } from './handler.ts'

const environment = readEnvironment('identity/confirm-email')

const changes = dynamoEmailConfirmations(
  dynamoClient(),
  {
    accounts: environment.ACCOUNTS_TABLE,
    tokens: environment.TOKENS_TABLE,
    outbox: environment.OUTBOX_TABLE,
  },
  systemClock,
)

export const handler = confirmEmailHandler(confirmEmail({ changes, newId: randomIds }), {
  originSecret: environment.ORIGIN_SECRET,
  siteUrl: environment.SITE_URL,
})
