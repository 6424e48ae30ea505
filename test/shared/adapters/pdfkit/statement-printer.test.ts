import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type Fonts, pdfkitStatements } from '../../../../shared/adapters/pdfkit/statement-printer.ts'
import { catalogue } from '../../../../shared/domain/catalogue.ts'
import { languages } from '../../../../shared/domain/language.ts'
import type { ResultPayload, ResultVersion } from '../../../../shared/domain/result.ts'
import type { Statement } from '../../../../shared/domain/statement.ts'
import { day, epochMilliseconds, later } from '../../../../shared/domain/time.ts'
import { statementTexts } from '../../../../shared/locales/statement/index.ts'
import { type ReadPdf, readPdf, type StructureElement } from '../../../support/pdf.ts'
import { sampleEntry } from '../../../support/samples.ts'

/** The statement of results as a PDF, read back by another library (R50, R53, R58). */
const fontOf = (name: string) =>
  readFileSync(new URL(`../../../../node_modules/dejavu-fonts-ttf/ttf/${name}.ttf`, import.meta.url))
const fonts: Fonts = { regular: fontOf('DejaVuSans'), bold: fontOf('DejaVuSans-Bold') }
const print = pdfkitStatements({ fonts, issuer: 'Exam results & more' })

const payload: ResultPayload = {
  grade: 'B',
  overallScore: 175,
  cefrLevel: 'B2',
  skills: [
    { name: 'reading', score: 171.5 },
    { name: 'Use of English', score: 179 },
    { name: 'Handwriting', score: 165 },
  ],
}
const statementOf = (changes: {
  readonly entry?: Partial<Statement['entry']>
  readonly payload?: Partial<ResultPayload>
  readonly status?: Statement['result']['status']
}): Statement => {
  const version: ResultVersion = {
    idNumber: 'ABC12345',
    version: changes.status === 'corrected' ? 2 : 1,
    session: '2026-11-b2-first-digital',
    state: 'final',
    payload: { ...payload, ...changes.payload },
    digest: 'digest',
    sealedFor: 'release-1',
    visibleFrom: epochMilliseconds(Date.parse('2026-11-23T09:00:00.000Z')),
  }
  const releasedAt = epochMilliseconds(Date.parse('2026-11-23T09:00:00.000Z'))
  const result: Statement['result'] =
    changes.status === 'corrected'
      ? { status: 'corrected', version, releasedAt, correctedAt: later(releasedAt, 9 * day) }
      : { status: 'released', version, releasedAt }
  return { entry: sampleEntry(changes.entry), centreName: 'Colegio Añil', result }
}
const read = async (statement: Statement, language: (typeof languages)[number] = 'en') =>
  readPdf(await print(statement, language))

const outline = ({ role, text, children }: StructureElement): string =>
  children.length === 0 ? `${role} ${text}`.trim() : `${role}(${children.map(outline).join(' | ')})`
const outlineOf = ({ structure }: ReadPdf) => structure.map(outline).join('\n')

describe('a statement of results', () => {
  test('states candidate, exam, date and result on one page, in reading order for screen readers', async () => {
    const pdf = await read(statementOf({}))
    expect(pdf.pageCount).toBe(1)
    const row = (label: string, value: string) => `TR(TH ${label} | TD ${value})`
    expect(outlineOf(pdf)).toBe(
      `Root(Document(${[
        'P Exam results & more',
        'H1 Statement of results',
        `Table(${[
          row('Name', 'Ana Example'),
          row('ID number', 'ABC12345'),
          row('Exam', 'B2 First'),
          row('Date taken', '14 November 2026'),
          row('Centre', 'Colegio Añil (ES123)'),
          row('Released on', '23 November 2026'),
          row('Version', '1'),
        ].join(' | ')})`,
        'H2 Result',
        `Table(${[row('Grade', 'B'), row('Overall score', '175'), row('CEFR level', 'B2')].join(' | ')})`,
        'H2 Results by skill',
        `Table(${[
          'TR(TH Skill | TH Score)',
          row('Reading', '171.5'),
          row('Use of English', '179'),
          row('Handwriting', '165'),
        ].join(' | ')})`,
        'P This statement shows your result in the version above. It is not a certificate.',
        'P The CEFR (Common European Framework of Reference) describes how well somebody knows a language, from A1 to C2.',
      ].join(' | ')}))`,
    )
  })

  test('is tagged as in PDF/UA: language, title, row and column headers, nothing outside the tree', async () => {
    const bytes = await print(statementOf({}), 'fr')
    const pdf = await readPdf(bytes)
    expect(pdf).toMatchObject({ language: 'fr', title: 'Relevé de résultats: B2 First', isTagged: true, untagged: [] })
    expect(pdf.xmp).toMatch(/<pdfuaid:part>1<\/pdfuaid:part>/)
    // It would end what reads the metadata, had it not been left out of them.
    expect(pdf.xmp).not.toContain('& more')
    const raw = Buffer.from(bytes).toString('latin1')
    expect(raw).toMatch(/\/DisplayDocTitle true/)
    expect(raw).toMatch(/\/Tabs \/S/)
    expect(raw.match(/\/Scope \/Row/g)).toHaveLength(13)
    expect(raw.match(/\/Scope \/Column/g)).toHaveLength(2)
  })

  test('embeds all its fonts', async () => {
    const raw = Buffer.from(await print(statementOf({}), 'en')).toString('latin1')
    expect(raw).toMatch(/\/FontFile2 /)
    expect([...new Set(raw.match(/\/BaseFont \/\S+/g))].join()).toMatch(
      /^\/BaseFont \/\w{6}\+DejaVuSans\S*,\/BaseFont \/\w{6}\+DejaVuSans\S*$/,
    )
    expect(raw).not.toContain('Helvetica')
  })

  test('that was corrected shows this with date and version', async () => {
    const { text } = await read(statementOf({ status: 'corrected' }))
    expect(text).toContain('Released on\n23 November 2026\nCorrected on\n2 December 2026\nVersion\n2')
    expect(text).toContain(statementTexts.en.correctedNote)
  })

  test('omits what an exam does not have', async () => {
    const { overallScore: _score, cefrLevel: _level, ...grade } = payload
    const statement = statementOf({ entry: { exam: 'delta-module-one' } })
    const { text } = await read({
      ...statement,
      result: { ...statement.result, version: { ...statement.result.version, payload: { ...grade, skills: [] } } },
    })
    expect(text).toContain('DELTA Module One')
    expect(text).not.toMatch(/Overall|CEFR|skill/)
  })

  test('has the same bytes whenever it is printed, and different ones for another result', async () => {
    const [one, two, other] = [
      await print(statementOf({}), 'en'),
      await print(statementOf({}), 'en'),
      await print(statementOf({ payload: { grade: 'C' } }), 'en'),
    ]
    expect(Buffer.from(one).equals(two)).toBe(true)
    expect(Buffer.from(one).equals(other)).toBe(false)
  })
})

test('a centre missing from the directory is shown by its number', async () => {
  const { centreName: _name, ...statement } = statementOf({})
  expect((await read(statement)).text).toContain('Centre\nES123\n')
})

describe('the candidate’s name', () => {
  test.each([
    ['Łukasz', 'Wiśniewski-Żółć'],
    ['Ágnes', 'Őszi Tűzkő'],
    ['Božena', 'Dvořáková Ďurčanská'],
    ['Ιωάννα', 'Παπαδοπούλου-Ψαρρά'],
    ['Владислава', 'Жукўвська Ёлкіна'],
    ['İrem', 'Şahingöz Yağmur'],
    ['Ḥayāt', 'O’Conchúir þórðardóttir'],
    ['Գայանե', 'ნინო'],
    ['', 'ffi fl <b>&amp;'],
  ])('%s %s survives', async (givenName, familyName) => {
    const { text, untagged } = await read(statementOf({ entry: { givenName, familyName } }))
    expect(text).toContain(`${givenName} ${familyName}`.trim())
    expect(untagged).toEqual([])
  })
})

describe('in every language', () => {
  test.each(languages)('%s has all texts, without labels of another language', async (language) => {
    const keys = (texts: object): string[] =>
      Object.entries(texts).flatMap(([key, value]) =>
        typeof value === 'string' ? [key] : [key, ...keys(value as object)],
      )
    expect(keys(statementTexts[language])).toEqual(keys(statementTexts.en))
    const { text, language: told } = await read(statementOf({ status: 'corrected' }), language)
    const { title, name, corrected, grade, overallScore, skillNames, note } = statementTexts[language]
    for (const words of [title, name, corrected, grade, overallScore, skillNames.reading, 'Handwriting']) {
      expect(text).toContain(words)
    }
    expect(text.replaceAll('\n', ' ')).toContain(note)
    expect(told).toBe(language)
    if (language !== 'en')
      expect(text).not.toMatch(/Statement|Date taken|Overall score|November 2026(?<!\. November 2026)/)
  })

  test.each(languages)('%s fits the longest names, exams and skills on one page', async (language) => {
    const skills = Object.keys(statementTexts.en.skillNames).map((name) => ({ name, score: 199.999 }))
    const longest = catalogue.toSorted((a, b) => b.name.length - a.name.length)[0]?.code ?? ''
    for (const given of ['Wolfeschlegelsteinhausenbergerdorff', 'Ж', 'Maria da Conceição ']) {
      const givenName = given.repeat(100).slice(0, 100)
      const pdf = await read(
        {
          ...statementOf({
            entry: { givenName, familyName: givenName, exam: longest, centreNumber: 'W'.repeat(20) },
            payload: { grade: 'W'.repeat(40), skills },
            status: 'corrected',
          }),
          centreName: 'W'.repeat(200),
        },
        language,
      )
      expect(pdf.pageCount).toBe(1)
      expect(pdf.text.replaceAll(/\s/g, '')).toContain(`${givenName}${givenName}`.replaceAll(/\s/g, ''))
      expect(pdf.untagged).toEqual([])
    }
  })

  test('more skills than fit on a page continue on further pages', async () => {
    const skills = Array.from({ length: 90 }, (_, number) => ({ name: `Skill ${number}`, score: number }))
    const pdf = await read(statementOf({ payload: { skills } }))
    expect(pdf.pageCount).toBeGreaterThan(1)
    for (const { name } of skills) expect(pdf.text).toContain(name)
    expect(pdf.untagged).toEqual([])
  })
})
