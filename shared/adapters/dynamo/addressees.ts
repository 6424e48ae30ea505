import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Account } from '../../domain/account.ts'
import type { Addressee, Addressees } from '../../ports/addressees.ts'
import { batchGet, maxKeys } from './batch-get.ts'

export const accountAttributes = [
  ...['idNumber', 'email', 'emailOptIn', 'emailBounced', 'emailComplained', 'language'],
  ...['pendingEmail', 'formerEmail', 'newestReset'],
]
export const entryAttributes = ['idNumber', 'givenName', 'familyName', 'exam']

/** Accounts and entries, read together in one call for up to 50 candidates. */
export const dynamoAddressees = (
  client: DynamoDBDocumentClient,
  tables: { readonly accounts: string; readonly entries: string },
): Addressees => ({
  async find(idNumbers) {
    if (idNumbers.length > maxKeys / 2) throw new Error(`${idNumbers.length} candidates are too many for one read`)
    const keys = idNumbers.map((idNumber) => ({ idNumber }))
    const { [tables.accounts]: accounts, [tables.entries]: entries } = await batchGet(client, {
      [tables.accounts]: { keys, attributes: accountAttributes },
      [tables.entries]: { keys, attributes: entryAttributes },
    })
    return addresseesOf(accounts, entries)
  },
})

type Item = Record<string, unknown>

/** Accounts and entries brought together by their IDs; who lacks one of them is left out. */
export const addresseesOf = (accounts: readonly Item[] = [], entries: readonly Item[] = []): Map<string, Addressee> => {
  const entriesById = new Map(entries.map((entry) => [entry.idNumber, entry]))
  return new Map(
    accounts.flatMap((account) => {
      const entry = entriesById.get(account.idNumber)
      return entry ? [[account.idNumber as string, addresseeOf(account, entry)] as const] : []
    }),
  )
}

const addresseeOf = (account: Item, entry: Item): Addressee => ({
  idNumber: account.idNumber as string,
  email: account.email as string,
  emailOptIn: account.emailOptIn === true,
  ...(account.emailBounced === true && { emailBounced: true }),
  ...(account.emailComplained === true && { emailComplained: true }),
  language: account.language as string,
  name: (entry.givenName as string).trim() || (entry.familyName as string).trim(),
  exam: entry.exam as string,
  ...pendingOf(account as Partial<Account>),
})

const pendingOf = ({ pendingEmail, formerEmail, newestReset }: Partial<Account>) => ({
  ...(pendingEmail && { pendingEmail: { address: pendingEmail.address, eventId: pendingEmail.eventId } }),
  ...(formerEmail && { formerEmail }),
  ...(newestReset && { newestReset }),
})
