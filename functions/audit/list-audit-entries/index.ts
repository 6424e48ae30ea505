import { dynamoAuditEntries, dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { listAuditEntriesHandler } from './handler.ts'
import { listAuditEntries } from './list-audit-entries.ts'

const environment = readEnvironment('audit/list-audit-entries')
const client = dynamoClient()

export const handler = listAuditEntriesHandler(
  listAuditEntries({ entries: dynamoAuditEntries(client, environment.AUDIT_TABLE) }),
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
