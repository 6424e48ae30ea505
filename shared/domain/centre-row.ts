import { type Centre, centreNumberPattern } from './centre.ts'
import { isEmailAddress } from './email-address.ts'
import { fieldReader, isDate, isPlainText } from './fields.ts'
import type { FieldFault } from './import.ts'
import type { Columns, Header } from './import-header.ts'
import { countryCodes } from './reference-lists.ts'

export const centreColumns: Columns = {
  required: ['centre_number', 'name', 'country', 'city', 'email', 'phone', 'website'],
  optional: ['closed_from', 'closed_to'],
}

/** A row of a centres file as it stands alone (R43, R45), or everything that is wrong with it. */
export const readCentreRow = (header: Header, fields: readonly string[]): Centre | FieldFault[] => {
  const { checked, refuse, faults } = fieldReader(header, fields)
  const named = (column: string) => {
    const name = checked(column, (value) => isPlainText(value, 120), tooLong(120)).trim()
    if (name === '') refuse(column, 'empty')
    return name
  }
  const closedOn = (column: string) =>
    checked(column, (value) => value === '' || isDate(value), 'not a date of the form YYYY-MM-DD')

  const centreNumber = checked(
    'centre_number',
    (value) => centreNumberPattern.test(value),
    'not 1 to 20 letters, digits and hyphens',
  )
  const name = named('name')
  const country = checked(
    'country',
    (value) => countryCodes.includes(value),
    'not a country of ISO 3166-1 (two capitals)',
  )
  const city = named('city')
  const email = checked('email', isEmailAddress, 'not an email address')
  const phone = checked('phone', (value) => phonePattern.test(value), 'not a telephone number')
  const website = checked('website', isWebsite, 'not an address that begins with http:// or https://')
  const closedFrom = closedOn('closed_from')
  const closedTo = closedOn('closed_to')
  if (closedTo !== '' && closedFrom === '') refuse('closed_from', 'empty, though closed_to is not')
  else if (isDate(closedFrom) && isDate(closedTo) && closedTo < closedFrom) refuse('closed_to', 'before closed_from')
  if (faults.length > 0) return faults
  return {
    ...{ centreNumber, name, country, city, email, phone, website },
    ...(closedFrom !== '' && { closedFrom }),
    ...(closedTo !== '' && { closedTo }),
  }
}

const tooLong = (longest: number) => `longer than ${longest} characters, or with a line break or control character`

/** As people write them, an extension included; empty where there is none. */
const phonePattern = /^(\+?[0-9][0-9 ()./-]{2,30}( ?(ext|x)\.? ?[0-9]{1,6})?)?$/

/** Nothing but a page of the web: a directory leads people where the file says. */
const isWebsite = (text: string): boolean => {
  if (text === '') return true
  const url = /^https?:\/\/[^\s"<>\\]+$/i.test(text) && text.length <= 200 ? URL.parse(text) : null
  return (
    url !== null && isPlainText(text, 200) && url.username === '' && url.password === '' && url.hostname.includes('.')
  )
}
