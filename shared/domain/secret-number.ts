import { normaliseNumber } from './identifiers.ts'

/**
 * What the keyed hash of a Secret number is taken over. The ID is part of it, so that equal Secret numbers of two
 * candidates do not look equal in the table.
 */
export const secretNumberText = (idNumber: string, secretNumber: string): string =>
  `${normaliseNumber(idNumber)}\n${normaliseNumber(secretNumber)}`
