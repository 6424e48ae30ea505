import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoPasswordResets } from '../../../shared/adapters/dynamo/password-resets.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { listedCommonPasswords } from '../../../shared/adapters/node/common-passwords.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { argon2idHasher } from '../../../shared/adapters/node/password-hasher.ts'
import { secretsManagerKeyedHash } from '../../../shared/adapters/secrets-manager/keyed-hash.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { confirmPasswordReset } from './confirm-password-reset.ts'
import { confirmPasswordResetHandler } from './handler.ts'

const environment = readEnvironment('identity/confirm-password-reset')

const resets = dynamoPasswordResets(
  dynamoClient(),
  {
    accounts: environment.ACCOUNTS_TABLE,
    tokens: environment.TOKENS_TABLE,
    'sign-in-guards': environment.SIGN_IN_GUARDS_TABLE,
    outbox: environment.OUTBOX_TABLE,
  },
  systemClock,
)

export const handler = confirmPasswordResetHandler(
  confirmPasswordReset({
    resets,
    hasher: argon2idHasher,
    commonPasswords: listedCommonPasswords,
    guardHash: secretsManagerKeyedHash(environment.GUARD_KEY_SECRET),
    newId: randomIds,
  }),
  { originSecret: environment.ORIGIN_SECRET, siteUrl: environment.SITE_URL },
)
