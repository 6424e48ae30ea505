import { describe, expect, test } from '@jest/globals'
import { centreColumns, readCentreRow } from '../../../shared/domain/centre-row.ts'
import { readHeader } from '../../../shared/domain/import-header.ts'

/** Rows of a centres file: R43, R45, R62. */
const sound = {
  centre_number: 'ES310',
  name: 'Colegio Añil, S.L.',
  country: 'ES',
  city: 'A Coruña',
  email: 'exams@colegio.example',
  phone: '+34 981 12-34-56 ext. 7',
  website: 'https://www.colegio.example/exámenes?lang=es',
  closed_from: '2026-12-22',
  closed_to: '2027-01-07',
}
type Row = typeof sound

const read = (changes: Partial<Row> = {}) => {
  const row = { ...sound, ...changes }
  const header = readHeader(Object.keys(row), centreColumns)
  if (Array.isArray(header)) throw new Error('the header is refused')
  return readCentreRow(header as ReadonlyMap<string, number>, Object.values(row))
}

describe('a centre', () => {
  test('is read with its closing period', () => {
    expect(read()).toEqual({
      centreNumber: 'ES310',
      name: 'Colegio Añil, S.L.',
      country: 'ES',
      city: 'A Coruña',
      email: 'exams@colegio.example',
      phone: '+34 981 12-34-56 ext. 7',
      website: 'https://www.colegio.example/exámenes?lang=es',
      closedFrom: '2026-12-22',
      closedTo: '2027-01-07',
    })
  })

  test('may have no closing period, phone, website or reopening date', () => {
    const open = read({ closed_from: '', closed_to: '', phone: '', website: '' })
    expect(open).not.toHaveProperty('closedFrom')
    expect(open).toMatchObject({ phone: '', website: '' })
    expect(read({ closed_to: '' })).toMatchObject({ closedFrom: '2026-12-22' })
    expect(read({ closed_to: '2026-12-22' })).toMatchObject({ closedTo: '2026-12-22' })
  })

  test.each<[string, Partial<Row>, string, string]>([
    ['no number', { centre_number: '' }, 'centre_number', 'not 1 to 20 letters, digits and hyphens'],
    ['a number with a space', { centre_number: 'ES 310' }, 'centre_number', 'not 1 to 20 letters, digits and hyphens'],
    ['no name', { name: ' ' }, 'name', 'empty'],
    ['a name with a line break', { name: 'A\nB' }, 'name', 'longer than 120 characters, or with a line break'],
    ['a country by its name', { country: 'Spain' }, 'country', 'not a country of ISO 3166-1'],
    ['a country in small letters', { country: 'es' }, 'country', 'not a country of ISO 3166-1'],
    ['a country that is not told', { country: 'prefer-not-to-say' }, 'country', 'not a country of ISO 3166-1'],
    ['no city', { city: '' }, 'city', 'empty'],
    ['no email address', { email: '' }, 'email', 'not an email address'],
    ['two email addresses', { email: 'a@b.example;c@d.example' }, 'email', 'not an email address'],
    ['a telephone number in words', { phone: 'ask at the desk' }, 'phone', 'not a telephone number'],
    ['a website without http', { website: 'www.colegio.example' }, 'website', 'not an address that begins with'],
    ['a website that is a script', { website: 'javascript:alert(1)' }, 'website', 'not an address that begins with'],
    ['a website with a name and a password', { website: 'https://a:b@c.example' }, 'website', 'not an address that'],
    ['a website with a quote', { website: 'https://c.example/"onclick' }, 'website', 'not an address that begins'],
    ['a day that does not exist', { closed_from: '2026-02-30' }, 'closed_from', 'not a date of the form'],
    ['an end without a beginning', { closed_from: '' }, 'closed_from', 'empty, though closed_to is not'],
    ['an end before its beginning', { closed_to: '2026-12-21' }, 'closed_to', 'before closed_from'],
  ])('with %s is refused', (_, changes, column, reason) => {
    expect(read(changes)).toEqual([{ column, reason: expect.stringContaining(reason) }])
  })

  test('has all its errors reported', () => {
    expect(read({ country: 'x', email: 'x', closed_to: 'x' })).toHaveLength(3)
  })
})
