import { dynamoRegisteredIds } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoResetRequests } from '../../../shared/adapters/dynamo/password-resets.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { secretsManagerKeyedHash } from '../../../shared/adapters/secrets-manager/keyed-hash.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { requestPasswordResetHandler } from './handler.ts'
import { requestPasswordReset } from './request-password-reset.ts'

const environment = readEnvironment('identity/request-password-reset')

const client = dynamoClient()
const resets = dynamoResetRequests(
  client,
  { 'sign-in-guards': environment.SIGN_IN_GUARDS_TABLE, outbox: environment.OUTBOX_TABLE },
  systemClock,
)

export const handler = requestPasswordResetHandler(
  requestPasswordReset({
    resets,
    registeredIds: dynamoRegisteredIds(client, environment.ACCOUNTS_TABLE),
    guardHash: secretsManagerKeyedHash(environment.GUARD_KEY_SECRET),
    newId: randomIds,
    clock: systemClock,
  }),
  { originSecret: environment.ORIGIN_SECRET, siteUrl: environment.SITE_URL },
)
