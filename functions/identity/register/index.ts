import { dynamoNewAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoClaimableEntries } from '../../../shared/adapters/dynamo/entries.ts'
import { dynamoSignInGuards } from '../../../shared/adapters/dynamo/sign-in-guards.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { listedCommonPasswords } from '../../../shared/adapters/node/common-passwords.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { argon2idHasher } from '../../../shared/adapters/node/password-hasher.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import { secretsManagerKeyedHash } from '../../../shared/adapters/secrets-manager/keyed-hash.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { secretNumberGate } from '../../../shared/protocols/secret-number-gate.ts'
import { registerHandler } from './handler.ts'
import { register } from './register.ts'

const environment = readEnvironment('identity/register')
const client = dynamoClient()
const clock = systemClock
const guardHash = secretsManagerKeyedHash(environment.GUARD_KEY_SECRET)

const trySecretNumber = secretNumberGate({
  guards: dynamoSignInGuards(client, environment.SIGN_IN_GUARDS_TABLE),
  guardHash,
  entries: dynamoClaimableEntries(client, environment.ENTRIES_TABLE),
  secretNumberHash: secretsManagerKeyedHash(environment.SECRET_NUMBER_KEY_SECRET),
  clock,
  newId: randomIds,
  pause: jitteredPause,
})

const accounts = dynamoNewAccounts(
  client,
  { accounts: environment.ACCOUNTS_TABLE, entries: environment.ENTRIES_TABLE, outbox: environment.OUTBOX_TABLE },
  clock,
)

export const handler = registerHandler(
  register({
    trySecretNumber,
    accounts,
    hasher: argon2idHasher,
    commonPasswords: listedCommonPasswords,
    // The prefix in its text keeps it apart from guards, which are hashed under the same key.
    registrationHash: guardHash,
    newId: randomIds,
    clock,
  }),
  { originSecret: environment.ORIGIN_SECRET, siteUrl: environment.SITE_URL },
)
