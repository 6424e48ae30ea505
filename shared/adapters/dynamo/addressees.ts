import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Account } from '../../domain/account.ts'
import type { Addressee, Addressees } from '../../ports/addressees.ts'
import { batchGet, mostKeys } from './batch-get.ts'

const accountAttributes = ['idNumber', 'email', 'emailOptIn', 'language', 'pendingEmail', 'formerEmail']

/** Accounts and entries, read together in one call for up to 50 candidates. */
export const dynamoAddressees = (
  client: DynamoDBDocumentClient,
  tables: { readonly accounts: string; readonly entries: string },
): Addressees => ({
  async find(idNumbers) {
    if (idNumbers.length > mostKeys / 2) throw new Error(`${idNumbers.length} candidates are too many for one read`)
    const keys = idNumbers.map((idNumber) => ({ idNumber }))
    const { [tables.accounts]: accounts = [], [tables.entries]: entries = [] } = await batchGet(client, {
      [tables.accounts]: { keys, attributes: accountAttributes },
      [tables.entries]: { keys, attributes: ['idNumber', 'givenName', 'familyName', 'exam'] },
    })
    const entriesById = new Map(entries.map((entry) => [entry.idNumber, entry]))
    return new Map(
      accounts.flatMap((account) => {
        const entry = entriesById.get(account.idNumber)
        return entry ? [[account.idNumber as string, addresseeOf(account, entry)] as const] : []
      }),
    )
  },
})

const addresseeOf = (account: Record<string, unknown>, entry: Record<string, unknown>): Addressee => ({
  idNumber: account.idNumber as string,
  email: account.email as string,
  emailOptIn: account.emailOptIn === true,
  language: account.language as string,
  name: (entry.givenName as string).trim() || (entry.familyName as string).trim(),
  exam: entry.exam as string,
  ...pendingOf(account as Partial<Account>),
})

const pendingOf = ({ pendingEmail, formerEmail }: Partial<Account>) => ({
  ...(pendingEmail && { pendingEmail: pendingEmail.address }),
  ...(formerEmail && { formerEmail }),
})
