import { requestPasswordResetHandler } from '../../functions/identity/request-password-reset/handler.ts'
import { requestPasswordReset } from '../../functions/identity/request-password-reset/request-password-reset.ts'
import { dynamoRegisteredIds } from '../../shared/adapters/dynamo/accounts.ts'
import { dynamoResetRequests } from '../../shared/adapters/dynamo/password-resets.ts'
import { randomIds } from '../../shared/adapters/node/ids.ts'
import { hmacKeyedHash } from '../../shared/adapters/node/keyed-hash.ts'
import type { Clock } from '../../shared/ports/clock.ts'
import type { PasswordResets } from '../../shared/ports/password-resets.ts'
import type { TestTables } from './dynamodb.ts'
import { httpEvent, originSecret, send } from './http-event.ts'
import { recordingLog } from './log.ts'

export interface ResetEndpoint {
  readonly tables: TestTables
  readonly clock: Pick<Clock, 'now'>
  /** DynamoDB's by default; replaced to test a broken variant. */
  readonly resets?: Pick<PasswordResets, 'count' | 'tell'>
}

/** The function behind `Forgotten your password?` as deployed, wired to a real engine. */
export const resetEndpoint = ({ tables: { client, tableNames }, clock, resets }: ResetEndpoint) => {
  const request = requestPasswordReset({
    resets: resets ?? dynamoResetRequests(client, tableNames, clock),
    registeredIds: dynamoRegisteredIds(client, tableNames.accounts),
    guardHash: hmacKeyedHash(async () => 'a key of the tests'),
    newId: randomIds,
    clock,
  })
  const handler = requestPasswordResetHandler(request, { originSecret, log: recordingLog(), clock })
  return (idNumber: string) => send(handler, httpEvent('requestPasswordReset', { body: { idNumber } }))
}
