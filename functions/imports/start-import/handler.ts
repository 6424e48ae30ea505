import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { StartImport } from './start-import.ts'

export const startImportHandler = (startImport: StartImport, options: ChainOptions = {}): HttpFunction =>
  httpHandler(operations.startImport, options, async ({ body, caller }) => {
    const answer = await startImport({ ...body, by: caller })
    switch (answer.outcome) {
      case 'started':
        return { status: 201, body: { importId: answer.importId, uploadUrl: answer.uploadUrl } }
      case 'malformed-file-name':
        return problem('malformed-request', { fields: [{ path: 'fileName', code: 'required' }] })
      case 'wrong-stage':
        return problem('malformed-request', {
          detail: 'This file is meant for another stage.',
          fields: [{ path: answer.field, code: 'not-in-list' }],
        })
    }
  })
