import { randomUUID } from 'node:crypto'
import { GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { changeEmail } from '../../functions/identity/change-email/change-email.ts'
import { changeEmailHandler } from '../../functions/identity/change-email/handler.ts'
import { confirmEmail } from '../../functions/identity/confirm-email/confirm-email.ts'
import { confirmEmailHandler } from '../../functions/identity/confirm-email/handler.ts'
import { confirmPasswordReset } from '../../functions/identity/confirm-password-reset/confirm-password-reset.ts'
import { confirmPasswordResetHandler } from '../../functions/identity/confirm-password-reset/handler.ts'
import { requestPasswordResetHandler } from '../../functions/identity/request-password-reset/handler.ts'
import { requestPasswordReset } from '../../functions/identity/request-password-reset/request-password-reset.ts'
import { dynamoAccounts, dynamoRegisteredIds } from '../../shared/adapters/dynamo/accounts.ts'
import { dynamoEmailChangeRequests, dynamoEmailConfirmations } from '../../shared/adapters/dynamo/email-changes.ts'
import { dynamoClaimableEntries } from '../../shared/adapters/dynamo/entries.ts'
import { dynamoMailedAccounts } from '../../shared/adapters/dynamo/mailed-accounts.ts'
import { dynamoPasswordResets, dynamoResetRequests } from '../../shared/adapters/dynamo/password-resets.ts'
import { dynamoSignInGuards } from '../../shared/adapters/dynamo/sign-in-guards.ts'
import { listedCommonPasswords } from '../../shared/adapters/node/common-passwords.ts'
import { randomIds } from '../../shared/adapters/node/ids.ts'
import { hmacKeyedHash } from '../../shared/adapters/node/keyed-hash.ts'
import type { Account } from '../../shared/domain/account.ts'
import type { ResetRequest } from '../../shared/domain/account-token.ts'
import { toIso } from '../../shared/domain/time.ts'
import type { Clock } from '../../shared/ports/clock.ts'
import type { EmailChanges } from '../../shared/ports/email-changes.ts'
import type { PasswordResets } from '../../shared/ports/password-resets.ts'
import { isOwnSecretNumber } from '../../shared/protocols/own-secret-number.ts'
import type { SecretGate } from '../../shared/protocols/secret-gate.ts'
import { secretNumberGate } from '../../shared/protocols/secret-number-gate.ts'
import type { TestTables } from './dynamodb.ts'
import { httpEvent, originSecret, send } from './http-event.ts'
import { recordingLog } from './log.ts'
import { quickHasher } from './log-in-endpoint.ts'
import { claimableEntry, secretNumberHash } from './register-endpoint.ts'
import { sampleAccount } from './samples.ts'

/** The functions that request and redeem links in mails, wired as deployed (except for the hash) to a real engine. */
export const accountEndpoints = (tables: TestTables, clock: Pick<Clock, 'now'>) => {
  const { client, tableNames } = tables
  const guardHash = hmacKeyedHash(async () => 'a key of the tests')
  const accounts = dynamoAccounts(client, tableNames.accounts)
  const ports = { guardHash, newId: randomIds, hasher: quickHasher, commonPasswords: listedCommonPasswords }
  const options = { originSecret, log: recordingLog(), clock }
  const resets = {
    ...dynamoResetRequests(client, tableNames, clock),
    ...dynamoPasswordResets(client, tableNames, clock),
  }
  const registeredIds = dynamoRegisteredIds(client, tableNames.accounts)
  const changes = {
    ...dynamoEmailChangeRequests(client, tableNames, clock),
    ...dynamoEmailConfirmations(client, tableNames, clock),
  }
  const isOwn = isOwnSecretNumber(
    secretNumberGate({
      ...{ guardHash, clock, newId: randomIds, pause: async () => {} },
      guards: dynamoSignInGuards(client, tableNames['sign-in-guards']),
      entries: dynamoClaimableEntries(client, tableNames.entries),
      secretNumberHash,
    }),
  )
  const newPassword = { password: 'Brand2New3Word', passwordConfirmation: 'Brand2New3Word' }
  const mailed = dynamoMailedAccounts(client, tableNames, clock)
  return {
    newPassword: newPassword.password,
    /** Writes of the mail sender. */
    mailed,
    /** Issues a password reset token, as the mail sender does for a current request. */
    linkFor: async (idNumber: string, request: Partial<ResetRequest> = {}) => {
      const account = await accounts.find(idNumber)
      return mailed.issueResetToken({
        ...{ idNumber, address: account?.email ?? '', after: account?.newestReset },
        request: { requestedAt: toIso(clock.now()), eventId: randomUUID(), ...request },
      })
    },
    resets,
    forget: (idNumber: string) =>
      send(
        requestPasswordResetHandler(requestPasswordReset({ ...ports, resets, registeredIds, clock }), options),
        httpEvent('requestPasswordReset', { body: { idNumber } }),
      ),
    reset: (token: string, form: object = newPassword, by: Pick<PasswordResets, 'find' | 'use'> = resets) =>
      send(
        confirmPasswordResetHandler(confirmPasswordReset({ ...ports, resets: by, isOwnSecretNumber: isOwn }), options),
        httpEvent('confirmPasswordReset', { body: { token, ...newPassword, ...form } }),
      ),
    /** The signed-in candidate; the password gate returns the given verdict. */
    changeEmail: async (idNumber: string, email: string, tryPassword?: SecretGate<Account>) => {
      const holder = await accounts.find(idNumber)
      if (!holder) throw new Error('there is no such account')
      const gate = tryPassword ?? (async () => ({ verdict: 'right' as const, holder }))
      return send(
        changeEmailHandler(changeEmail({ ...ports, changes, tryPassword: gate }), {
          ...options,
          authenticate: async () => holder,
        }),
        httpEvent('changeEmail', { body: { currentPassword: 'Correct4Horse9Battery', email } }),
      )
    },
    confirmEmail: (token: string, by: Pick<EmailChanges, 'confirm'> = changes) =>
      send(
        confirmEmailHandler(confirmEmail({ changes: by, newId: randomIds }), options),
        httpEvent('confirmEmail', { body: { token } }),
      ),
    /** Creates an account and returns its ID number. */
    someone: async (changesTo: Partial<Account> = {}) => {
      const account = sampleAccount({ idNumber: randomUUID().slice(0, 8).toUpperCase(), ...changesTo })
      await client.send(new PutCommand({ TableName: tableNames.accounts, Item: account }))
      return account.idNumber
    },
    /** Creates an entry with this Secret number for the ID. */
    enter: async (idNumber: string, secretNumber: string) => {
      const { entry, secretHash } = await claimableEntry(secretNumber, { idNumber })
      await client.send(new PutCommand({ TableName: tableNames.entries, Item: { ...entry, secretHash } }))
    },
    account: async (idNumber: string) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableNames.accounts, Key: { idNumber }, ConsistentRead: true }),
      )
      return Item as Account
    },
    /** The types of all events about an ID. */
    told: async (idNumber: string) => {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: tableNames.outbox }))
      return Items.filter(({ detail }) => JSON.parse(String(detail)).idNumber === idNumber).map(({ type }) =>
        String(type),
      )
    },
  }
}
