import { importKinds } from '../../shared/contracts/messages.ts'
import { type AnsweringFunctions } from '../constructs/http-routes.ts'
import { serviceFunction } from '../constructs/service-function.ts'
import type { ApiParts } from './api-parts.ts'

/** How operators import files, and see the outcome. */
export const importFunctions = ({ stack, parts, data }: ApiParts) => {
  const { importsBucket, importsKey } = data
  const start = serviceFunction(stack, 'imports/start-import', parts, {
    tables: { imports: ['PutItem'], audit: ['PutItem'] },
    environment: { IMPORTS_BUCKET: importsBucket.bucketName, STAGE: parts.stage.name },
    whenFailing: 'Candidates notice nothing yet; no file can be imported.',
  })
  // The presigned URL that it returns allows uploading one encrypted object.
  const newNames = 'Each import has an object of its own, named after its id.'
  for (const kind of importKinds)
    start.allowMatching(['s3:PutObject'], importsBucket.arnForObjects(`${kind}/*`), newNames)
  start.allow(['kms:GenerateDataKey'], importsKey.keyArn)
  const show = serviceFunction(stack, 'imports/show-import', parts, {
    tables: { imports: ['GetItem'], audit: ['PutItem'] },
    environment: { IMPORTS_BUCKET: importsBucket.bucketName },
    whenFailing: 'Candidates notice nothing; operators cannot see the state of an import.',
  })
  show.allowMatching(['s3:GetObject'], importsBucket.arnForObjects('reports/*'), newNames)
  show.allow(['kms:Decrypt'], importsKey.keyArn)
  return { 'imports/start-import': start, 'imports/show-import': show } satisfies Partial<AnsweringFunctions>
}
