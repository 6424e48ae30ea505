import { beforeEach, describe, expect, test } from '@jest/globals'
import { importCentres } from '../../../functions/imports/import-centres/import-centres.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { minute } from '../../../shared/domain/time.ts'
import { manualClock } from '../../support/clock.ts'
import { inMemoryImportFiles } from '../../support/in-memory/import-files.ts'
import { inMemoryImportQueue } from '../../support/in-memory/import-queue.ts'
import { inMemoryImportedCentres } from '../../support/in-memory/imported-centres.ts'
import { inMemoryImports } from '../../support/in-memory/imports.ts'
import { killAtCall } from '../../support/kill-at-call.ts'

/** The directory of exam centres comes in by file: R43, R45, R62. */
const header = 'centre_number,name,country,city,email,phone,website,closed_from,closed_to'
const row = (number: string, name = `Centre ${number}`, closed = ',') =>
  `${number},${name},ES,Sevilla,exams@${number.toLowerCase()}.example,+34 954 000 000,https://${number.toLowerCase()}.example,${closed}`
const file = (...rows: string[]) => `${[header, ...rows].join('\n')}\n`
const many = (count: number, name?: string) =>
  file(...Array.from({ length: count }, (_, index) => row(`ES${1000 + index}`, name)))

const fixture = () => {
  const clock = manualClock()
  const [files, centres, imports] = [inMemoryImportFiles(), inMemoryImportedCentres(), inMemoryImports()]
  let ids = 0
  const ports = {
    ...{ files, reports: files, centres, imports, clock, newDigest: sha256, queue: inMemoryImportQueue() },
    pause: async (milliseconds: number) => clock.advance(milliseconds),
    newId: () => `attempt-${++ids}`,
  }
  const put = async (importId: string, content: string) => {
    const createdAt = clock.now()
    const record = { importId, kind: 'centres', state: 'waiting', by: 'olga', fileName: 'x.csv', createdAt } as const
    const audit = { subject: `import/${importId}`, at: createdAt, id: importId, by: 'olga', action: '', details: {} }
    await imports.create(record, audit)
    files.put(importId, content)
    return importCentres(ports)({ importId })
  }
  return { clock, files, centres, imports, ports, put }
}
let here: ReturnType<typeof fixture>
beforeEach(() => {
  here = fixture()
})
const told = (importId: string) =>
  here.files.reportOf(importId)?.errors.map(({ line, column, reason }) => `line ${line}: ${column}: ${reason}`)

describe('a file of centres', () => {
  test('is applied completely, including closing days', async () => {
    const outcome = await here.put('one', file(row('ES310', 'Colegio Añil', '2026-12-22,2027-01-07'), row('ES327')))
    expect(outcome).toEqual({ outcome: 'applied', rows: 2, errorCount: 0 })
    expect(here.centres.rows.get('ES310')).toEqual({
      centreNumber: 'ES310',
      name: 'Colegio Añil',
      country: 'ES',
      city: 'Sevilla',
      email: 'exams@es310.example',
      phone: '+34 954 000 000',
      website: 'https://es310.example',
      closedFrom: '2026-12-22',
      closedTo: '2027-01-07',
      version: 1,
      fencingToken: 1,
    })
    expect(here.files.versionsOf('one')).toEqual([])
  })

  test('imported again writes nothing', async () => {
    await here.put('one', many(250))
    expect(await here.put('two', many(250))).toMatchObject({ outcome: 'applied', rows: 250 })
    expect(here.centres.counts.writes).toBe(250)
    expect(here.files.reportOf('two')?.changes).toEqual({ added: 0, corrected: 0, unchanged: 250 })
  })

  test('updates known centres, reopens a closed one, and keeps those it does not name', async () => {
    await here.put('one', file(row('ES310', 'Old', '2026-12-22,2027-01-07'), row('ES327')))
    await here.put('two', file(row('ES310', 'New')))
    expect(here.centres.rows.get('ES310')).toMatchObject({ name: 'New', version: 2 })
    expect(here.centres.rows.get('ES310')).not.toHaveProperty('closedFrom')
    expect(here.centres.rows.get('ES327')).toMatchObject({ version: 1 })
  })

  test('with one bad row is refused completely', async () => {
    expect(
      await here.put('one', file(row('ES310'), row('ES327').replace('ES327', 'ES 7'), row('ES310'))),
    ).toMatchObject({ outcome: 'refused' })
    expect(told('one')).toEqual([
      'line 3: centre_number: not 1 to 20 letters, digits and hyphens',
      'line 4: centre_number: the centre number is in this file twice',
    ])
    expect(here.centres.rows.size).toBe(0)
  })
})

test('an import that is killed at any call is completed by the next delivery, each centre written once', async () => {
  let kills = 0
  for (let at = 1; ; at += at > 12 && at < 220 ? 11 : 1) {
    here = fixture()
    await here.put('before', many(100, 'Old name'))
    const { state, mortal } = killAtCall(at, at % 2 === 0 ? 'before' : 'after')
    const { ports } = here
    const doomed = {
      ...{ imports: mortal(ports.imports), files: mortal(ports.files), reports: mortal(ports.reports) },
      centres: mortal(ports.centres),
    }
    const record = here.imports.rows.get('before')
    here.imports.rows.set('one', { ...record, importId: 'one', state: 'waiting' } as never)
    here.files.put('one', many(230))
    await importCentres({ ...ports, ...doomed })({ importId: 'one' }).catch(() => undefined)
    here.clock.advance(2 * minute)
    await importCentres(ports)({ importId: 'one' })
    expect(here.imports.rows.get('one')).toMatchObject({ state: 'applied', accepted: 230 })
    expect([...here.centres.rows.values()].filter(({ name }) => name === 'Old name')).toEqual([])
    expect(here.centres.counts.writes).toBe(100 + 230)
    if (!state.isDead) break
    kills++
  }
  expect(kills).toBeGreaterThan(30)
})
