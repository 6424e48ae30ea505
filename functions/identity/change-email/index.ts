import { dynamoAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEmailChangeRequests } from '../../../shared/adapters/dynamo/email-changes.ts'
import { dynamoFailedAttempts } from '../../../shared/adapters/dynamo/failed-attempts.ts'
import { dynamoSessions } from '../../../shared/adapters/dynamo/sessions.ts'
import { dynamoSignInGuards } from '../../../shared/adapters/dynamo/sign-in-guards.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { argon2idHasher } from '../../../shared/adapters/node/password-hasher.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import { secretsManagerKeyedHash } from '../../../shared/adapters/secrets-manager/keyed-hash.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { identifyCandidate } from '../../../shared/protocols/identify-candidate.ts'
import { passwordGate } from '../../../shared/protocols/password-gate.ts'
import { changeEmail } from './change-email.ts'
import { changeEmailHandler } from './handler.ts'

const environment = readEnvironment('identity/change-email')
const client = dynamoClient()
const clock = systemClock
const tables = {
  accounts: environment.ACCOUNTS_TABLE,
  'sign-in-guards': environment.SIGN_IN_GUARDS_TABLE,
  outbox: environment.OUTBOX_TABLE,
}
const accounts = dynamoAccounts(client, tables.accounts)
const guardHash = secretsManagerKeyedHash(environment.GUARD_KEY_SECRET)

const tryPassword = passwordGate({
  guards: dynamoSignInGuards(client, tables['sign-in-guards']),
  failures: dynamoFailedAttempts(client, tables),
  guardHash,
  accounts,
  hasher: argon2idHasher,
  clock,
  newId: randomIds,
  pause: jitteredPause,
})

export const handler = changeEmailHandler(
  changeEmail({
    tryPassword,
    changes: dynamoEmailChangeRequests(client, tables, clock),
    guardHash,
    newId: randomIds,
  }),
  {
    originSecret: environment.ORIGIN_SECRET,
    siteUrl: environment.SITE_URL,
    authenticate: identifyCandidate({
      sessions: dynamoSessions(client, environment.SESSIONS_TABLE),
      accounts,
      clock,
    }),
  },
)
