import { beforeEach, describe, expect, test } from '@jest/globals'
import { importResults } from '../../../functions/imports/import-results/import-results.ts'
import { approveRelease } from '../../../functions/release/approve-release/approve-release.ts'
import { planRelease } from '../../../functions/release/plan-release/plan-release.ts'
import { voidManifest } from '../../../shared/domain/manifest.ts'
import { minute } from '../../../shared/domain/time.ts'
import type { ImportsUnderWay } from '../../../shared/ports/imports.ts'
import { inMemoryImportFiles } from '../../support/in-memory/import-files.ts'
import { inMemoryImportQueue } from '../../support/in-memory/import-queue.ts'
import { inMemoryImportedEntries } from '../../support/in-memory/imported-entries.ts'
import { inMemoryImports } from '../../support/in-memory/imports.ts'
import { killAtCall } from '../../support/kill-at-call.ts'
import { instant, releaseAt, releaseFixture, session } from '../../support/release-fixture.ts'
import { resultsRowByRow } from '../../support/row-by-row.ts'
import { sampleEntry } from '../../support/samples.ts'

const header = 'id_number,session,grade,overall_score,cefr_level,skill:reading,skill:Use of English'
const idOf = (index: number) => `ID${String(index).padStart(6, '0')}`
const row = (index: number, grade = 'B') => `${idOf(index)},${session},${grade},172,B2,170,165.5`
const many = (count: number, gradeOf: (index: number) => string = () => 'B') =>
  [header, ...Array.from({ length: count }, (_, index) => row(index, gradeOf(index)))].join('\n')

const setUp = () => {
  const fixture = releaseFixture()
  const files = inMemoryImportFiles()
  const imports = inMemoryImports()
  const entriesFacts = inMemoryImportedEntries()
  const ports = {
    ...fixture.ports,
    imports,
    files,
    reports: files,
    queue: inMemoryImportQueue(),
    entriesFacts,
    pause: async (milliseconds: number) => fixture.clock.advance(milliseconds),
  }
  const start = (importId: string) =>
    imports.create(
      { importId, kind: 'results', state: 'waiting', by: 'olga', fileName: 'x.csv', createdAt: fixture.clock.now() },
      {
        subject: `import/${importId}`,
        at: fixture.clock.now(),
        id: importId,
        by: 'olga',
        action: 'import-started',
        details: {},
      },
    )
  const put = async (importId: string, content: string) => {
    await start(importId)
    files.put(importId, content)
    return importResults(ports)({ importId })
  }
  return { base: fixture, files, imports, entriesFacts, ports, start, put }
}

let here: ReturnType<typeof setUp>
beforeEach(() => {
  here = setUp()
})
const errorsOf = (importId: string) =>
  here.files.reportOf(importId)?.errors.map(({ line, column, reason }) => `line ${line}: ${column}: ${reason}`)

describe('a file of results (R62)', () => {
  test('is applied as first versions, hidden as they have no seal', async () => {
    expect(await here.put('one', many(150))).toEqual({ outcome: 'applied', rows: 150, errorCount: 0 })
    expect(here.base.results.versionsOf(idOf(149))).toMatchObject([
      {
        version: 1,
        state: 'final',
        payload: {
          grade: 'B',
          overallScore: 172,
          cefrLevel: 'B2',
          skills: [
            { name: 'reading', score: 170 },
            { name: 'Use of English', score: 165.5 },
          ],
        },
      },
    ])
    expect(here.base.results.versionsOf(idOf(149))[0]?.sealedFor).toBeUndefined()
  })

  test('imported again writes nothing, whatever its column order', async () => {
    await here.put('one', many(150))
    const reordered = many(150)
      .split('\n')
      .map((line) => line.split(',').toReversed().join(','))
      .join('\r\n')
    expect(await here.put('two', reordered)).toMatchObject({ outcome: 'applied' })
    expect(here.base.results.counts.writes).toBe(150)
  })

  test('that corrects some rows adds a version only to those', async () => {
    await here.put('one', many(150))
    await here.put(
      'two',
      many(150, (index) => (index < 3 ? 'A' : 'B')),
    )
    expect(here.base.results.counts.writes).toBe(153)
    expect(here.base.results.versionsOf(idOf(1)).map(({ version, payload }) => [version, payload.grade])).toEqual([
      [1, 'B'],
      [2, 'A'],
    ])
  })

  test('may have empty scores and levels, and held or withdrawn results', async () => {
    const text = `id_number,session,grade,overall_score,cefr_level,state,skill:listening\n${idOf(1)},${session},Pass,,,held,\n`
    expect(await here.put('one', text)).toMatchObject({ outcome: 'applied' })
    expect(here.base.results.versionsOf(idOf(1))).toMatchObject([
      { state: 'held', payload: { grade: 'Pass', skills: [] } },
    ])
  })

  test.each([
    ['an empty grade', `${idOf(1)},${session}, ,172,B2,1,1`, 'line 3: grade: not 1 to 40 characters'],
    ['a score that is no number', `${idOf(1)},${session},A,17O,B2,1,1`, 'line 3: overall_score: not a number'],
    [
      'a level that does not exist',
      `${idOf(1)},${session},A,172,B7,1,1`,
      'line 3: cefr_level: not a level of the CEFR',
    ],
    ['a skill that is no number', `${idOf(1)},${session},A,172,B2,x,1`, 'line 3: skill:reading: not a number'],
    ['a session that cannot be one', `${idOf(1)},B2 First,A,172,B2,1,1`, 'line 3: session: not 1 to 48'],
    ['an ID twice', row(0), 'line 3: id_number: the ID number is in this file twice'],
  ])('with %s is refused whole, by line, column and reason', async (_, bad, told) => {
    expect(await here.put('one', [header, row(0), bad, row(2)].join('\n'))).toMatchObject({ outcome: 'refused' })
    expect(errorsOf('one')).toEqual([expect.stringContaining(told)])
    expect(here.base.results.counts.writes).toBe(0)
  })

  test('with an unknown state or an unknown column is refused', async () => {
    await here.put('one', `${header},state\n${row(0)},maybe\n`)
    expect(errorsOf('one')).toEqual(['line 2: state: not final, held or withdrawn'])
    await here.put('two', `${header},skill:,teacher\n`)
    expect(errorsOf('two')).toEqual(['line 1: skill:: unknown column', 'line 1: teacher: unknown column'])
  })

  test('that gives a known ID another session is refused', async () => {
    await here.put('one', many(2))
    await here.put('two', `${header}\n${row(0).replace(session, 'other')}\n`)
    expect(errorsOf('two')).toEqual(['line 2: session: the ID number has a result in another session'])
  })
})

describe('an approved plan', () => {
  beforeEach(async () => {
    await here.put('one', many(40))
  })
  const state = () => here.base.releases.rows.get(session)

  test('becomes void when a result of the session changes (R63)', async () => {
    const releaseId = await here.base.prepare()
    expect(state()?.state).toBe('approved')
    await here.put(
      'two',
      many(40, (index) => (index === 7 ? 'A' : 'B')),
    )
    expect(state()).toMatchObject({ state: 'planned', manifest: voidManifest })
    here.base.clock.moveTo(instant)
    expect(await here.base.fire(releaseId)).toMatchObject({ outcome: 'not-approved' })
    expect(here.base.visible(idOf(1))).toBeUndefined()
  })

  test('stays valid when a file changes nothing, is refused, or is for another session', async () => {
    await here.base.prepare()
    await here.put('same', many(40))
    await here.put('refused', `${header}\n${row(1, 'A')}\nbad\n`)
    await here.put('other', `${header}\nOTHER001,other,A,172,B2,1,1\n`)
    expect(state()?.state).toBe('approved')
  })

  test('stays released; the new version is hidden until it is released itself', async () => {
    const releaseId = await here.base.prepare()
    here.base.clock.moveTo(instant)
    await here.base.fire(releaseId)
    await here.put(
      'two',
      many(40, () => 'A'),
    )
    expect(state()?.state).toBe('released')
    expect(here.base.visible(idOf(1))).toMatchObject({ version: 1, payload: { grade: 'B' } })
  })

  test('made while half of a file was written becomes void at the end of the file', async () => {
    const { results, releases } = here.base
    let planned: Promise<unknown> | undefined
    const interrupted = {
      ...here.ports,
      results: {
        ...results,
        addAll: async (versions: Parameters<typeof results.addAll>[0]) => {
          const added = await results.addAll(versions.slice(0, 10))
          planned ??= here.base.plan().then(({ manifest }) => here.base.approve(manifest))
          await planned
          return new Map([...added, ...(await results.addAll(versions.slice(10)))])
        },
      },
    }
    await here.start('two')
    here.files.put(
      'two',
      many(40, () => 'A'),
    )
    await importResults(interrupted)({ importId: 'two' })
    expect(planned).toBeDefined()
    expect(releases.rows.get(session)).toMatchObject({ state: 'planned', manifest: voidManifest })
  })
})

const dying = (results: ReturnType<typeof setUp>['base']['results']) => ({
  newest: results.newest,
  addAll: resultsRowByRow(results.addAll),
})

test('an import that is killed at any call is completed by the next delivery, each version written once', async () => {
  for (let at = 1; at < 180; at += at > 12 && at < 160 ? 11 : 1) {
    const there = setUp()
    await there.put('one', many(130))
    await there.base.prepare()
    const { mortal } = killAtCall(at, at % 2 === 0 ? 'before' : 'after')
    await there.start('two')
    there.files.put(
      'two',
      many(130, () => 'A'),
    )
    const doomed = {
      ...there.ports,
      imports: mortal(there.imports),
      files: mortal(there.files),
      results: dying(mortal(there.base.results)),
      releases: mortal(there.base.releases),
    }
    await importResults(doomed)({ importId: 'two' }).catch(() => undefined)
    there.base.clock.advance(2 * minute)
    await importResults(there.ports)({ importId: 'two' })
    expect(there.imports.rows.get('two')).toMatchObject({ state: 'applied', accepted: 130 })
    expect(there.base.results.rows.size).toBe(260)
    expect(there.base.releases.rows.get(session)?.manifest).toBe(voidManifest)
  }
})

describe('while half of a file has been written', () => {
  /** The second of two versions is written for the first so many, and then the process is killed. */
  const killedHalfWay = async () => {
    await here.put('one', many(40))
    const { mortal } = killAtCall(15, 'after')
    await here.start('two')
    here.files.put(
      'two',
      many(40, () => 'A'),
    )
    await importResults({ ...here.ports, results: dying(mortal(here.base.results)) })({ importId: 'two' }).catch(
      () => undefined,
    )
    expect(here.base.results.rows.size).toBeGreaterThan(40)
    expect(here.base.results.rows.size).toBeLessThan(80)
  }
  const plan = (importsUnderWay: ImportsUnderWay) =>
    planRelease({ ...here.base.ports, importsUnderWay })({ session, releaseAt, by: 'olga' })

  test('nobody can plan a release or approve one that was planned at its start', async () => {
    await killedHalfWay()
    expect(await plan(here.imports)).toEqual({ outcome: 'import-under-way', importId: 'two' })
    // It looked before the file's first row was written, and counted after.
    const planned = await plan({ changing: async () => [] })
    const { manifest } = (planned as Extract<typeof planned, { release: unknown }>).release
    const approve = approveRelease({ ...here.base.ports, importsUnderWay: here.imports })
    expect(await approve({ session, manifest, by: 'piet' })).toEqual({ outcome: 'import-under-way', importId: 'two' })
    here.base.clock.advance(2 * minute)
    expect(await importResults(here.ports)({ importId: 'two' })).toMatchObject({ outcome: 'applied' })
    expect(await approve({ session, manifest, by: 'piet' })).toEqual({ outcome: 'manifest-changed' })
    expect(await plan(here.imports)).toMatchObject({ outcome: 'planned' })
  })

  test('broken variant: without that look, two people agree to half of the new results', async () => {
    await killedHalfWay()
    const planned = await plan({ changing: async () => [] })
    const { manifest } = (planned as Extract<typeof planned, { release: unknown }>).release
    expect(await here.base.approve(manifest)).toMatchObject({ outcome: 'approved' })
  })
})

describe('results of an exam', () => {
  const entry = (changes: object = {}) => ({
    ...sampleEntry({ idNumber: idOf(1), session }),
    secretHash: '',
    fencingToken: 1,
    ...changes,
  })
  const know = (changes: object = {}) =>
    here.entriesFacts.addAll([{ ...entry(changes), secretNumber: { key: '', ciphertext: '' } }])
  const file = (line: string) => `${header}\n${line}\n`

  test('are checked against the exam’s rules if the entry names the exam', async () => {
    await know({ exam: 'delta-module-one' })
    await here.put('one', file(`${idOf(1)},${session},Pass,172,B2,,`))
    expect(errorsOf('one')).toEqual([
      'line 2: overall_score: this exam has no overall score',
      'line 2: cefr_level: this exam certifies no level',
    ])
    expect(await here.put('two', file(`${idOf(1)},${session},Pass,,,,`))).toMatchObject({ outcome: 'applied' })
    expect(here.files.reportOf('two')?.totals?.exams).toEqual({ 'delta-module-one': 1 })
  })

  test('are checked against the session’s exam if the candidate has no entry', async () => {
    await know()
    await here.put('one', file(`${idOf(2)},${session},B,300,B2,170,165`))
    expect(errorsOf('one')).toEqual(['line 2: overall_score: not between 120 and 190, as in this exam'])
  })

  test('without any entry are accepted unchecked, and counted as unknown', async () => {
    expect(await here.put('one', file(`${idOf(2)},${session},Zeta,300,B2,170,165`))).toMatchObject({
      outcome: 'applied',
    })
    expect(here.files.reportOf('one')?.totals?.exams).toEqual({ unknown: 1 })
  })

  test('are refused for a candidate of another session', async () => {
    await know({ session: 'another' })
    await here.put('one', file(row(1)))
    expect(errorsOf('one')).toEqual(['line 2: session: the ID number is known with another session'])
  })

  test('of exams taken before the cut-off date are refused (R57)', async () => {
    await know({ exam: 'a2-flyers', dateTaken: '2020-08-31' })
    await here.put('one', file(`${idOf(1)},${session},10 shields,,,,`))
    expect(errorsOf('one')).toEqual([
      'line 2: session: taken before 2020-09-01, from when results of this exam are given here',
    ])
    here.entriesFacts.rows.clear()
    await know({ exam: 'a2-flyers', dateTaken: '2020-09-01' })
    expect(await here.put('two', file(`${idOf(1)},${session},10 shields,,,,`))).toMatchObject({ outcome: 'applied' })
  })
})
