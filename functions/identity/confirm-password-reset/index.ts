import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoClaimableEntries } from '../../../shared/adapters/dynamo/entries.ts'
import { dynamoPasswordResets } from '../../../shared/adapters/dynamo/password-resets.ts'
import { dynamoSignInGuards } from '../../../shared/adapters/dynamo/sign-in-guards.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { listedCommonPasswords } from '../../../shared/adapters/node/common-passwords.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { argon2idHasher } from '../../../shared/adapters/node/password-hasher.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import { secretsManagerKeyedHash } from '../../../shared/adapters/secrets-manager/keyed-hash.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { isOwnSecretNumber } from '../../../shared/protocols/own-secret-number.ts'
import { secretNumberGate } from '../../../shared/protocols/secret-number-gate.ts'
import { confirmPasswordReset } from './confirm-password-reset.ts'
import { confirmPasswordResetHandler } from './handler.ts'

const environment = readEnvironment('identity/confirm-password-reset')
const client = dynamoClient()
const guardHash = secretsManagerKeyedHash(environment.GUARD_KEY_SECRET)

const resets = dynamoPasswordResets(
  client,
  {
    accounts: environment.ACCOUNTS_TABLE,
    tokens: environment.TOKENS_TABLE,
    'sign-in-guards': environment.SIGN_IN_GUARDS_TABLE,
    outbox: environment.OUTBOX_TABLE,
  },
  systemClock,
)

const trySecretNumber = secretNumberGate({
  guards: dynamoSignInGuards(client, environment.SIGN_IN_GUARDS_TABLE),
  guardHash,
  entries: dynamoClaimableEntries(client, environment.ENTRIES_TABLE),
  secretNumberHash: secretsManagerKeyedHash(environment.SECRET_NUMBER_KEY_SECRET),
  clock: systemClock,
  newId: randomIds,
  pause: jitteredPause,
})

export const handler = confirmPasswordResetHandler(
  confirmPasswordReset({
    resets,
    isOwnSecretNumber: isOwnSecretNumber(trySecretNumber),
    hasher: argon2idHasher,
    commonPasswords: listedCommonPasswords,
    guardHash,
    newId: randomIds,
  }),
  { originSecret: environment.ORIGIN_SECRET, siteUrl: environment.SITE_URL },
)
