import { dynamoAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoFailedAttempts } from '../../../shared/adapters/dynamo/failed-attempts.ts'
import { dynamoSessions } from '../../../shared/adapters/dynamo/sessions.ts'
import { dynamoSignInGuards } from '../../../shared/adapters/dynamo/sign-in-guards.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { argon2idHasher } from '../../../shared/adapters/node/password-hasher.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import { secretsManagerKeyedHash } from '../../../shared/adapters/secrets-manager/keyed-hash.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { passwordGate } from '../../../shared/protocols/password-gate.ts'
import { logInHandler } from './handler.ts'
import { logIn } from './log-in.ts'

const environment = readEnvironment('identity/log-in')
const client = dynamoClient()
const clock = systemClock

const tryPassword = passwordGate({
  guards: dynamoSignInGuards(client, environment.SIGN_IN_GUARDS_TABLE),
  failures: dynamoFailedAttempts(client, {
    'sign-in-guards': environment.SIGN_IN_GUARDS_TABLE,
    outbox: environment.OUTBOX_TABLE,
  }),
  guardHash: secretsManagerKeyedHash(environment.GUARD_KEY_SECRET),
  accounts: dynamoAccounts(client, environment.ACCOUNTS_TABLE),
  hasher: argon2idHasher,
  clock,
  newId: randomIds,
  pause: jitteredPause,
})

export const handler = logInHandler(
  logIn({ tryPassword, sessions: dynamoSessions(client, environment.SESSIONS_TABLE), clock }),
  { originSecret: environment.ORIGIN_SECRET, siteUrl: environment.SITE_URL },
)
