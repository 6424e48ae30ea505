/** Whose public holidays are no working days, by country or part of it (ISO 3166); `none`: weekends alone are free. */
export const holidayCalendars = ['none', 'GB-ENG', 'GB-SCT', 'GB-NIR', 'IE', 'ES', 'IT', 'FR', 'DE'] as const
export type HolidayCalendar = (typeof holidayCalendars)[number]

/** From when until when after the exam: `28-42 days`, `5-10 working-days`. */
export type WindowSetting = `${number}-${number} ${'days' | 'working-days'}`

/** When results are expected after an exam (R52); what stages configure and functions are told. */
export interface ExpectedResults {
  readonly paper: WindowSetting
  readonly digital: WindowSetting
  readonly holidays: HolidayCalendar
}

/** How functions are told. */
export const expectedResultsVariables = ['EXPECTED_PAPER', 'EXPECTED_DIGITAL', 'HOLIDAYS_OF'] as const
type Variables = Readonly<Record<(typeof expectedResultsVariables)[number], string>>

export const toEnvironment = ({ paper, digital, holidays }: ExpectedResults): Variables => ({
  EXPECTED_PAPER: paper,
  EXPECTED_DIGITAL: digital,
  HOLIDAYS_OF: holidays,
})

/** The settings as text, to be read by `readWindowRules`. */
export const fromEnvironment = (environment: Variables): Readonly<Record<keyof ExpectedResults, string>> => ({
  paper: environment.EXPECTED_PAPER,
  digital: environment.EXPECTED_DIGITAL,
  holidays: environment.HOLIDAYS_OF,
})
