import { dynamoAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoClaimableEntries } from '../../../shared/adapters/dynamo/entries.ts'
import { dynamoFailedAttempts } from '../../../shared/adapters/dynamo/failed-attempts.ts'
import { dynamoPasswordChanges } from '../../../shared/adapters/dynamo/password-changes.ts'
import { dynamoSessions } from '../../../shared/adapters/dynamo/sessions.ts'
import { dynamoSignInGuards } from '../../../shared/adapters/dynamo/sign-in-guards.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { listedCommonPasswords } from '../../../shared/adapters/node/common-passwords.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { argon2idHasher } from '../../../shared/adapters/node/password-hasher.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import { secretsManagerKeyedHash } from '../../../shared/adapters/secrets-manager/keyed-hash.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { identifyCandidate } from '../../../shared/protocols/identify-candidate.ts'
import { isOwnSecretNumber } from '../../../shared/protocols/own-secret-number.ts'
import { passwordGate } from '../../../shared/protocols/password-gate.ts'
import { secretNumberGate } from '../../../shared/protocols/secret-number-gate.ts'
import { changePassword } from './change-password.ts'
import { changePasswordHandler } from './handler.ts'

const environment = readEnvironment('identity/change-password')
const client = dynamoClient()
const clock = systemClock
const accounts = dynamoAccounts(client, environment.ACCOUNTS_TABLE)

const gate = {
  guards: dynamoSignInGuards(client, environment.SIGN_IN_GUARDS_TABLE),
  guardHash: secretsManagerKeyedHash(environment.GUARD_KEY_SECRET),
  clock,
  newId: randomIds,
  pause: jitteredPause,
}
const tryPassword = passwordGate({
  ...gate,
  failures: dynamoFailedAttempts(client, {
    'sign-in-guards': environment.SIGN_IN_GUARDS_TABLE,
    outbox: environment.OUTBOX_TABLE,
  }),
  accounts,
  hasher: argon2idHasher,
})
const trySecretNumber = secretNumberGate({
  ...gate,
  entries: dynamoClaimableEntries(client, environment.ENTRIES_TABLE),
  secretNumberHash: secretsManagerKeyedHash(environment.SECRET_NUMBER_KEY_SECRET),
})

const passwordChanges = dynamoPasswordChanges(
  client,
  { accounts: environment.ACCOUNTS_TABLE, sessions: environment.SESSIONS_TABLE, outbox: environment.OUTBOX_TABLE },
  clock,
)

export const handler = changePasswordHandler(
  changePassword({
    tryPassword,
    isOwnSecretNumber: isOwnSecretNumber(trySecretNumber),
    passwordChanges,
    hasher: argon2idHasher,
    commonPasswords: listedCommonPasswords,
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
