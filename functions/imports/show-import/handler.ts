import { operations } from '../../../shared/contracts/http.ts'
import type { ImportAnswer } from '../../../shared/contracts/operations-answers.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { ShowImport } from './show-import.ts'

export const showImportHandler = (showImport: ShowImport, options: ChainOptions = {}): HttpFunction =>
  httpHandler(operations.showImport, options, async ({ pathParameters: { importId = '' } }) => {
    const { outcome, ...found } = await showImport(importId)
    switch (outcome) {
      case 'found':
        return { status: 200, body: { importId, ...found } as ImportAnswer }
      case 'no-such-import':
        return problem('no-such-import')
    }
  })
