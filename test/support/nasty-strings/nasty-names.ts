import { entriesCsv } from '../../../infra/local/sample-data/csv.ts'
import { generateEntries, type SampleEntry } from '../../../infra/local/sample-data/generate.ts'
import { isEmailAddress } from '../../../shared/domain/email-address.ts'
import { isPlainText } from '../../../shared/domain/fields.ts'
import { readableName } from '../../../shared/emails/readable-name.ts'
import { importCsv, registrationOf } from '../api-calls/api-fixture.ts'
import { eventually, type LocalService, type Mail } from '../local-service.ts'
import { handMade } from './nasty-strings.ts'
import type { MailRecipient } from './traces.ts'

/** Names that are valid in an entries file. */
const names = handMade.filter((text) => isPlainText(text, 100))
const addresses = handMade.map((text) => `${text}@example.org`).filter(isEmailAddress)

/** Imports candidates with nasty names, registers them with nasty addresses, and returns the mails to them. */
export const registerWithNastyNames = async (
  service: LocalService,
  count: number,
): Promise<{ readonly addressees: readonly MailRecipient[]; readonly mails: readonly Mail[] }> => {
  const entries = generateEntries({ seed: 8, count, today: '2026-11-22' }).map(
    (entry, index): SampleEntry => ({
      ...entry,
      idNumber: `NASTY${String(index).padStart(5, '0')}`,
      exam: 'b2-first',
      dateTaken: '2026-11-14',
      mode: 'digital',
      session: 'nasty-names',
      givenName: names[Math.floor((index * names.length) / count)] as string,
      familyName: 'Example',
    }),
  )
  await importCsv(service, 'entries', entriesCsv(entries))
  const addressees = entries.map(({ givenName }, index) => {
    const address = addresses[index % addresses.length] as string
    return { email: `${index}.${address}`, name: readableName(givenName) }
  })
  for (const [index, entry] of entries.entries()) {
    const body = { ...registrationOf(entry, index), email: addressees[index]?.email }
    const { status } = await service.call('POST', '/v1/registrations', { body })
    if (status !== 201) throw new Error(`${body.email} could not register: ${status}`)
  }
  const wanted = new Set(addressees.map(({ email }) => email))
  const mails = await eventually('a mail to everybody with a nasty name', async () => {
    const theirs = (await service.mails()).filter(({ to }) => wanted.has(to))
    return theirs.length >= count && theirs
  })
  return { addressees, mails }
}
