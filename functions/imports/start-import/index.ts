import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoImports } from '../../../shared/adapters/dynamo/imports.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { s3ImportFiles } from '../../../shared/adapters/s3/import-files.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { startImportHandler } from './handler.ts'
import { startImport } from './start-import.ts'

const environment = readEnvironment('imports/start-import')

export const handler = startImportHandler(
  startImport({
    imports: dynamoImports(dynamoClient(), { imports: environment.IMPORTS_TABLE, audit: environment.AUDIT_TABLE }),
    files: s3ImportFiles(environment.IMPORTS_BUCKET),
    clock: systemClock,
    newId: randomIds,
    stage: environment.STAGE,
  }),
  { refusals: dynamoRefusals(dynamoClient(), environment.AUDIT_TABLE) },
)
