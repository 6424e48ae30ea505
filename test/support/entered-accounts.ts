import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { dynamoNewAccounts } from '../../shared/adapters/dynamo/accounts.ts'
import type { NewAccounts } from '../../shared/ports/accounts.ts'
import type { Clock } from '../../shared/ports/clock.ts'
import type { TestTables } from './dynamodb.ts'
import { sampleEntry } from './samples.ts'

/** Accounts in DynamoDB, each created together with the entry that it claims. */
export const enteredAccounts = ({ client, tableNames }: TestTables, clock: Pick<Clock, 'now'>): NewAccounts => {
  const accounts = dynamoNewAccounts(client, tableNames, clock)
  return {
    async create(account, event) {
      const { idNumber, session } = account
      await client.send(new PutCommand({ TableName: tableNames.entries, Item: sampleEntry({ idNumber, session }) }))
      return accounts.create(account, event)
    },
  }
}
