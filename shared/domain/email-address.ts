import { hashOf } from './identifiers.ts'

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const address = new RegExp(
  `^(?<localPart>${atom}(?:\\.${atom})*)@${label}(?:\\.${label})*\\.[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$`,
)

/** RFC 5321, section 4.5.3.1. */
const maxLocalPartLength = 64
const maxAddressLength = 254

export const isTooLongAddress = (text: string): boolean => text.length > maxAddressLength

/**
 * Addresses as people have them: dot-atom at a domain of two labels or more (RFC 5321 and 5322 without quotes, comments
 * and address literals). ASCII only, as SES delivers to no other local part. Nothing in them can break a mail header (R04).
 */
export const isEmailAddress = (text: string): boolean => localPartOf(text) !== undefined

/** What stands before the `@`, if the text is an address. */
export const localPartOf = (text: string): string | undefined => {
  const localPart = isTooLongAddress(text) ? undefined : address.exec(text)?.groups?.localPart
  return localPart === undefined || localPart.length > maxLocalPartLength ? undefined : localPart
}

/**
 * Eight digits by which an address is recognised again as the one that a mail went to, should it have changed since.
 * Another for each mail, and far too short to find an address by.
 */
export const addressFingerprint = (mailId: string, address: string): string =>
  hashOf(`${mailId} ${address.toLowerCase()}`).toString(16).padStart(8, '0')
