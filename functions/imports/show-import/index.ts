import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoImports } from '../../../shared/adapters/dynamo/imports.ts'
import { s3ImportReports } from '../../../shared/adapters/s3/import-files.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { showImportHandler } from './handler.ts'
import { showImport } from './show-import.ts'

const environment = readEnvironment('imports/show-import')

export const handler = showImportHandler(
  showImport({
    imports: dynamoImports(dynamoClient(), { imports: environment.IMPORTS_TABLE }),
    reports: s3ImportReports(environment.IMPORTS_BUCKET),
  }),
  { refusals: dynamoRefusals(dynamoClient(), environment.AUDIT_TABLE) },
)
