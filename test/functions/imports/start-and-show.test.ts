import { beforeEach, describe, expect, test } from '@jest/globals'
import { showImportHandler } from '../../../functions/imports/show-import/handler.ts'
import { showImport } from '../../../functions/imports/show-import/show-import.ts'
import { startImportHandler } from '../../../functions/imports/start-import/handler.ts'
import { startImport } from '../../../functions/imports/start-import/start-import.ts'
import type { ImportRecord } from '../../../shared/domain/import.ts'
import { manualClock } from '../../support/clock.ts'
import { httpEvent, type Request, send } from '../../support/http-event.ts'
import { inMemoryImportFiles } from '../../support/in-memory/import-files.ts'
import { inMemoryImports } from '../../support/in-memory/imports.ts'
import { recordingLog } from '../../support/log.ts'

const olga = 'arn:aws:sts::000000000000:assumed-role/results-service-dev-operator/olga'
const wanted = { kind: 'entries', fileName: 'autumn.csv', stage: 'dev' }

const fixture = (stage = 'dev') => {
  const imports = inMemoryImports()
  const files = inMemoryImportFiles()
  let ids = 0
  const newId = () => `id-${++ids}`
  const log = recordingLog()
  const start = startImportHandler(startImport({ imports, files, clock: manualClock(), newId, stage }), { log })
  const show = showImportHandler(showImport({ imports, reports: files }), { log })
  return {
    imports,
    files,
    start: (request: Request) => send(start, httpEvent('startImport', { userArn: olga, ...request })),
    show: (importId: string) => send(show, httpEvent('showImport', { userArn: olga, pathParameters: { importId } })),
  }
}
let here: ReturnType<typeof fixture>
beforeEach(() => {
  here = fixture()
})

describe('an operator who starts an import', () => {
  test('gets its id and the upload URL, and an audit line is written', async () => {
    const { statusCode, json } = await here.start({ body: wanted })
    expect(statusCode).toBe(201)
    expect(json).toEqual({ importId: 'id-1', uploadUrl: 'https://bucket.example/id-1' })
    expect(here.imports.rows.get('id-1')).toMatchObject({
      kind: 'entries',
      state: 'waiting',
      by: 'olga',
      fileName: 'autumn.csv',
    })
    expect(here.imports.audit).toMatchObject([{ subject: 'import/id-1', by: 'olga', action: 'import-started' }])
  })

  test.each([
    ['a file of an unknown kind', { ...wanted, kind: 'teachers' }, 'kind'],
    ['no file name', { ...wanted, fileName: ' ' }, 'fileName'],
    ['a file name with a line break', { ...wanted, fileName: 'a\nb.csv' }, 'fileName'],
    ['a file for another stage', { ...wanted, stage: 'prod' }, 'stage'],
    ['a file that is marked prod by its name', { ...wanted, fileName: 'entries-PROD-2026.csv' }, 'fileName'],
    ['a field that nobody knows', { ...wanted, colour: 'red' }, 'colour'],
  ])('is refused with %s, by the field’s name', async (_, body, field) => {
    const { statusCode, json } = await here.start({ body })
    expect(statusCode).toBe(400)
    expect(json).toMatchObject({ code: 'malformed-request', fields: [{ path: field }] })
    expect(here.imports.rows.size).toBe(0)
  })

  test('cannot import a rehearsal file in prod, but files whose names contain “prod”', async () => {
    const prod = fixture('prod')
    expect((await prod.start({ body: { ...wanted, stage: 'prod', fileName: 'staging/entries.csv' } })).statusCode).toBe(
      400,
    )
    expect((await prod.start({ body: { ...wanted, stage: 'prod', fileName: 'products.csv' } })).statusCode).toBe(201)
  })

  test('must be identified', async () => {
    const { statusCode } = await here.start({ body: wanted, userArn: 'arn:aws:iam::000000000000:root' })
    expect(statusCode).toBe(403)
  })
})

describe('an operator who asks for an import', () => {
  beforeEach(async () => {
    await here.start({ body: wanted })
  })

  test('is told that it is waiting', async () => {
    expect((await here.show('id-1')).json).toEqual({
      importId: 'id-1',
      state: 'waiting',
      rows: 0,
      accepted: 0,
      errors: [],
    })
  })

  test('is told its progress', async () => {
    const waiting = here.imports.rows.get('id-1') as ImportRecord
    const progress = { phase: 'applying', rows: 4_000, share: 0.5 } as const
    here.imports.rows.set('id-1', { ...waiting, state: 'applying', rows: 8_000, progress })
    expect((await here.show('id-1')).json).toMatchObject({ state: 'applying', rows: 8_000, progress, errors: [] })
  })

  test('is told the counts of an applied file', async () => {
    const waiting = here.imports.rows.get('id-1') as ImportRecord
    here.imports.rows.set('id-1', { ...waiting, state: 'applied', rows: 7, accepted: 7 })
    const totals = { rows: 7, sha256: 'f00', sessions: { 's-1': 7 }, exams: { 'b2-first': 7 } }
    const changes = { added: 5, corrected: 1, unchanged: 1 }
    const end = { importId: 'id-1', state: 'applied', rows: 7, accepted: 7, errors: [], errorCount: 0 } as const
    await here.files.write({ ...end, totals, changes })
    expect((await here.show('id-1')).json).toEqual({ ...end, totals, changes })
  })

  test('is told the errors of the file', async () => {
    const errors = [{ line: 3, column: 'exam', reason: 'not in the catalogue' }]
    const waiting = here.imports.rows.get('id-1') as ImportRecord
    here.imports.rows.set('id-1', { ...waiting, state: 'refused', rows: 7, accepted: 0 })
    await here.files.write({ importId: 'id-1', state: 'refused', rows: 7, accepted: 0, errors, errorCount: 1 })
    expect((await here.show('id-1')).json).toEqual({
      importId: 'id-1',
      state: 'refused',
      rows: 7,
      accepted: 0,
      errors,
      errorCount: 1,
      errorsUrl: 'https://bucket.example/id-1-errors.csv',
    })
  })

  test('is told that it does not exist', async () => {
    expect(await here.show('id-99')).toMatchObject({ statusCode: 404, json: { code: 'no-such-import' } })
  })
})
