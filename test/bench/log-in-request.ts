import { systemClock } from '../../shared/adapters/node/clock.ts'
import { argon2idHasher } from '../../shared/adapters/node/password-hasher.ts'
import type { PasswordHasher } from '../../shared/ports/password-hasher.ts'
import { startTables } from '../support/dynamodb.ts'
import { enteredAccounts } from '../support/entered-accounts.ts'
import { logInEndpoint } from '../support/log-in-endpoint.ts'
import { sampleAccount } from '../support/samples.ts'
import { type Comparison, compare } from './measure.ts'
import { password, withoutHash } from './without-hash.ts'

/** Average CPU milliseconds of one login in this process, all threads; throws if one is refused. */
export const cpuOfLogIns = async (logIn: () => Promise<boolean>, requests = 20): Promise<number> => {
  const before = process.cpuUsage()
  for (let request = 0; request < requests; request++) {
    if (!(await logIn())) throw new Error('a login was refused')
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / requests
}

/** CPU of one login in the function's own process (all threads), with the deployed hash and without any. */
export const logInRequest = async (): Promise<Comparison[]> => {
  const tables = await startTables()
  try {
    const { idNumber } = sampleAccount({})
    await enteredAccounts(tables, systemClock).create(
      sampleAccount({ idNumber, passwordHash: await argon2idHasher.hash(password) }),
      { eventId: 'bench', type: 'candidate-registered', detail: { version: 1, idNumber } },
    )
    const sample = (hasher: PasswordHasher) => {
      const attempt = logInEndpoint({ tables, hasher, clock: systemClock })
      return () => cpuOfLogIns(async () => (await attempt(idNumber, password)).statusCode === 201)
    }
    return [
      await compare(
        'login request',
        'CPU ms',
        15,
        ['argon2id, 19 MiB, t=2, p=1', sample(argon2idHasher)],
        ['without the hash', sample(withoutHash)],
        'function process only, all threads; DynamoDB Local in another process',
      ),
    ]
  } finally {
    await tables.stop()
  }
}
