import type { FieldFault } from './import.ts'

/** Reads the fields of one row and gathers what is wrong with them. */
export interface FieldReader {
  /** Empty where the file has no such column. */
  readonly text: (column: string) => string
  readonly refuse: (column: string, reason: string) => void
  /** The field, refused with the reason unless it passes. */
  readonly checked: (column: string, isSound: (text: string) => boolean, reason: string) => string
  readonly faults: FieldFault[]
}

export const fieldReader = (header: ReadonlyMap<string, number>, fields: readonly string[]): FieldReader => {
  const faults: FieldFault[] = []
  const text = (column: string) => fields[header.get(column) ?? -1] ?? ''
  const refuse = (column: string, reason: string) => {
    faults.push({ column, reason })
  }
  return {
    text,
    refuse,
    checked(column, isSound, reason) {
      const value = text(column)
      if (!isSound(value)) refuse(column, reason)
      return value
    },
    faults,
  }
}

/** Control characters, line breaks among them, and halves of surrogate pairs stand in no field. */
export const isPlainText = (text: string, longest: number): boolean =>
  text.length <= longest && !/[\p{Cc}\p{Cs}\u2028\u2029\uFFFD]/u.test(text)

/** A day that exists in the Gregorian calendar, as `YYYY-MM-DD`. */
export const isDate = (text: string): boolean => {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
