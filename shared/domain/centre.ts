/** One exam centre as the directory shows it (table `centres`, R43). */
export interface Centre {
  readonly centreNumber: string
  readonly name: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  readonly city: string
  readonly email: string
  /** Empty where the centre has none. */
  readonly phone: string
  /** Empty where the centre has none. */
  readonly website: string
  /** The first day on which it is closed, `YYYY-MM-DD` (R45). */
  readonly closedFrom?: string
  /** The last day on which it is closed; absent while nobody knows. */
  readonly closedTo?: string
}

/** What may name a centre, in every file. */
export const centreNumberPattern = /^[A-Za-z0-9-]{1,20}$/

/** Everything that is held of a centre. */
export const centreFields = [
  'centreNumber',
  'name',
  'country',
  'city',
  'email',
  'phone',
  'website',
  'closedFrom',
  'closedTo',
] as const satisfies readonly (keyof Centre)[]

/** Whether both say the same of everything. */
export const isSameCentre = (one: Centre, other: Centre): boolean =>
  centreFields.every((field) => one[field] === other[field])
