import { dynamoNewAccounts } from '../../shared/adapters/dynamo/accounts.ts'
import { systemClock } from '../../shared/adapters/node/clock.ts'
import { argon2idHasher } from '../../shared/adapters/node/password-hasher.ts'
import type { PasswordHasher } from '../../shared/ports/password-hasher.ts'
import { startTables } from '../support/dynamodb.ts'
import { logInDoor } from '../support/log-in-door.ts'
import { sampleAccount } from '../support/samples.ts'
import { type Comparison, compare } from './measure.ts'

const password = 'Correct4Horse9Battery'
const requestsPerSample = 20

/** Knows the password without hashing: what is left is the rest of the request. */
const withoutHash: PasswordHasher = {
  hash: async () => 'no hash',
  verify: async (typed) => typed === password,
  decoy: 'no hash',
}

/** CPU of one login in the function's own process (all threads), with the deployed hash and without any. */
export const logInRequest = async (): Promise<Comparison[]> => {
  const tables = await startTables()
  try {
    const { idNumber } = sampleAccount({})
    await dynamoNewAccounts(tables.client, tables.tableNames, systemClock).create(
      sampleAccount({ idNumber, passwordHash: await argon2idHasher.hash(password) }),
      { eventId: 'bench', type: 'candidate-registered', detail: { version: 1, idNumber } },
    )
    const sample = (hasher: PasswordHasher) => {
      const attempt = logInDoor({ tables, hasher, clock: systemClock })
      return async () => {
        const before = process.cpuUsage()
        for (let request = 0; request < requestsPerSample; request++) {
          const { statusCode } = await attempt(idNumber, password)
          if (statusCode !== 201) throw new Error(`login answered ${statusCode}`)
        }
        const { user, system } = process.cpuUsage(before)
        return (user + system) / 1000 / requestsPerSample
      }
    }
    return [
      await compare(
        'login request',
        'CPU ms',
        15,
        ['argon2id, 19 MiB, t=2, p=1', sample(argon2idHasher)],
        ['without the hash', sample(withoutHash)],
        'function process only, all threads; DynamoDB Local beside it',
      ),
    ]
  } finally {
    await tables.stop()
  }
}
