import { describe, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import { sampleCentres } from '../../../../infra/local/sample-data/centres.ts'
import { centresCsv, entriesCsv, resultsCsv } from '../../../../infra/local/sample-data/csv.ts'
import {
  generateEntries,
  generateResults,
  localRecipe,
  type SampleEntry,
  tourCandidate,
} from '../../../../infra/local/sample-data/generate.ts'
import { sampleCountries } from '../../../../infra/local/sample-data/people.ts'
import { catalogue, findExam } from '../../../../shared/domain/catalogue.ts'
import { centreColumns, readCentreRow } from '../../../../shared/domain/centre-row.ts'
import { entryColumns, readEntryRow, type SessionFacts, sessionFaults } from '../../../../shared/domain/entry-row.ts'
import { readHeader } from '../../../../shared/domain/import-header.ts'
import { readResultRow, resultColumns } from '../../../../shared/domain/result-row.ts'
import { fc } from '../../../support/properties.ts'

/** Sample data must pass the same validation as real data: R56, R57, R62. */
const entries = generateEntries({ seed: 7, count: 2_000, today: '2026-11-22' })
const results = generateResults(entries)

describe('sample entries', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(generateEntries({ seed: 7, count: 2_000, today: '2026-11-22' })).toEqual(entries)
    expect(generateEntries({ seed: 8, count: 2_000, today: '2026-11-22' })).not.toEqual(entries)
  })

  test('and their results pass every rule of an import, whatever the seed and the day (R57, R62)', () => {
    const day = fc.date({ min: new Date('2020-08-01'), max: new Date('2035-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(fc.integer(), day, (seed, date) => {
        const sample = generateEntries({ seed, count: 100, today: date.toISOString().slice(0, 10) })
        expect(faultsOf(entriesCsv(sample))).toEqual([])
        expect(resultFaultsOf(resultsCsv(generateResults(sample)))).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  test('are noticed by that check when a row is bad', () => {
    expect(faultsOf(entriesCsv(entries.slice(0, 50)).replace('a2-key,', 'a2-kee,'))).not.toEqual([])
    const [one, two] = entries as [SampleEntry, SampleEntry]
    expect(faultsOf(entriesCsv([one, { ...two, session: one.session }]))).not.toEqual([])
    expect(resultFaultsOf(resultsCsv(results).replaceAll(',A2,', ',A3,'))).not.toEqual([])
  })

  test('give every ID number once', () => {
    const many = generateEntries({ seed: 1, count: 200_000, today: '2026-11-22' })
    expect(new Set(many.map(({ idNumber }) => idNumber)).size).toBe(200_000)
  })

  test('cover all exams in all their modes, and five countries (R56)', () => {
    const taken = new Set(entries.map(({ exam, mode }) => `${exam} ${mode}`))
    expect(taken.size).toBe(catalogue.flatMap(({ modes }) => modes).length)
    expect(new Set(entries.map(({ centreNumber }) => centreNumber.slice(0, 2)))).toEqual(
      new Set(sampleCountries.map(({ country }) => country)),
    )
  })

  test('were all taken before the day they are made for', () => {
    for (const { dateTaken } of entries) expect(dateTaken < '2026-11-22').toBe(true)
  })
})

describe('sample results', () => {
  test('are one for each entry, the same every time', () => {
    expect(results.map(({ idNumber }) => idNumber)).toEqual(entries.map(({ idNumber }) => idNumber))
    expect(generateResults(entries)).toEqual(results)
  })

  test('have no overall score and no level in the DELTA modules', () => {
    const delta = results.filter((_, index) => entries[index]?.exam.startsWith('delta'))
    expect(delta.length).toBeGreaterThan(0)
    for (const { overallScore, cefrLevel, skills } of delta) {
      expect({ overallScore, cefrLevel, skills }).toEqual({ skills: [] })
    }
  })

  test("certify the exam's own level with a B or a C", () => {
    for (const [index, { grade, cefrLevel }] of results.entries()) {
      if (grade === 'B' || grade === 'C') expect(cefrLevel).toBe(findExam(entries[index]?.exam ?? '')?.level)
    }
  })
})

describe('the files', () => {
  test('say what was generated, read back by another reader of CSV', () => {
    const awkward = { ...(entries[0] as SampleEntry), familyName: 'de la Cruz, "la Mayor"\nPérez' }
    const [row] = parse(entriesCsv([awkward]), { columns: true }) as Record<string, string>[]
    expect(row).toEqual({
      id_number: awkward.idNumber,
      secret_number: awkward.secretNumber,
      given_name: awkward.givenName,
      family_name: awkward.familyName,
      exam: awkward.exam,
      date_taken: awkward.dateTaken,
      mode: awkward.mode,
      centre_number: awkward.centreNumber,
      session: awkward.session,
    })
  })

  test('leave a skill empty that an exam does not have', () => {
    const rows = parse(resultsCsv(results), { columns: true }) as Record<string, string>[]
    expect(rows).toHaveLength(results.length)
    for (const [index, { skills, overallScore = '' }] of results.entries()) {
      const row = rows[index] ?? {}
      const told = Object.entries(row).filter(([column, text]) => column.startsWith('skill:') && text !== '')
      expect(new Map(told)).toEqual(new Map(skills.map(({ name, score }) => [`skill:${name}`, String(score)])))
      expect(row.overall_score).toBe(String(overallScore))
    }
  })
})

test("the tour's candidate is the same every time", () => {
  expect(tourCandidate(generateEntries(localRecipe))).toMatchObject({
    idNumber: 'B93018145',
    secretNumber: '9TWTV',
    session: '2026-11-07-b2-first-digital',
  })
})

/** Every fault that an import would find in an entries file. */
const faultsOf = (csv: string): object[] => {
  const [names = [], ...rows] = parse(csv) as string[][]
  const header = readHeader(names, entryColumns)
  if (Array.isArray(header)) return header
  const sessions = new Map<string, SessionFacts>()
  return rows.flatMap((row) => {
    const read = readEntryRow(header as ReadonlyMap<string, number>, row)
    if (!('entry' in read)) return [...read]
    const { entry } = read
    const facts = sessions.get(entry.session) ?? entry
    sessions.set(entry.session, facts)
    return sessionFaults(entry, facts)
  })
}

const resultFaultsOf = (csv: string): object[] => {
  const [names = [], ...rows] = parse(csv) as string[][]
  const header = readHeader(names, resultColumns)
  if (Array.isArray(header)) return header
  return rows.flatMap((row) => {
    const read = readResultRow(header as ReadonlyMap<string, number>, row)
    return 'payload' in read ? [] : [...read]
  })
}

describe('sample centres', () => {
  const parsed = parse(centresCsv(sampleCentres)) as string[][]

  test('pass every rule of an import, and say what was made up (R43, R62)', () => {
    const [names = [], ...rows] = parsed
    const header = readHeader(names, centreColumns) as ReadonlyMap<string, number>
    expect(rows.map((row) => readCentreRow(header, row))).toEqual(sampleCentres)
  })

  test('are a few dozen, each once, some closed over the holidays, and all that sample candidates entered through', () => {
    const numbers = new Set(sampleCentres.map(({ centreNumber }) => centreNumber))
    expect(numbers.size).toBe(sampleCentres.length)
    expect(numbers.size).toBeGreaterThan(24)
    expect(sampleCentres.filter(({ closedFrom }) => closedFrom).length).toBeGreaterThan(2)
    for (const { centreNumber } of entries) expect(numbers).toContain(centreNumber)
  })
})
