import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { loadSampleData } from '../../../../infra/local/sample-data/load.ts'
import { type StubService, startStubService } from '../../../support/stub-service.ts'

/** The sample data of the local run: R62, R64. */
let service: StubService
beforeEach(async () => {
  service = await startStubService({ 'operator-sample-loader': 'local' })
})
afterEach(() => service.stop())

test('sample data is imported like files, by its own operator, with instructions what to try', async () => {
  service.state.importAnswers = [{ state: 'applied', rows: 310, accepted: 310, errors: [] }]
  const lines: string[] = []
  await loadSampleData(service.origin, { log: (line) => lines.push(line) })

  const files = service.received.filter(({ method }) => method === 'PUT')
  expect(files.map(({ body }) => body.split(',')[1])).toEqual(['name', 'secret_number', 'session'])
  for (const { body } of files.slice(1)) expect(body.trimEnd().split('\n')).toHaveLength(311)
  for (const { path, signedBy } of service.received) {
    if (path.startsWith('/api')) expect(signedBy).toBe('operator-sample-loader')
  }
  const said = lines.join('\n')
  for (const hint of ['B93018145', '9TWTV', '2026-11-07-b2-first-digital', `${service.origin}/mailbox`, '--as=piet']) {
    expect(said).toContain(hint)
  }
})

test('refused sample data is reported', async () => {
  const errors = [{ line: 2, column: 'exam', reason: 'not in the catalogue' }]
  service.state.importAnswers = [{ state: 'refused', rows: 1, accepted: 0, errors }]
  await expect(loadSampleData(service.origin, { log: () => {} })).rejects.toThrow('line 2: exam: not in the catalogue')
})
