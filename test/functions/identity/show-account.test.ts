import { describe, expect, test } from '@jest/globals'
import { showAccountHandler } from '../../../functions/identity/show-account/handler.ts'
import { showAccount } from '../../../functions/identity/show-account/show-account.ts'
import { answers } from '../../../shared/contracts/answers.ts'
import { later } from '../../../shared/domain/time.ts'
import { manualClock } from '../../support/clock.ts'
import { httpEvent, originSecret, send } from '../../support/http-event.ts'
import { inMemoryEntries } from '../../support/in-memory/entries.ts'
import { recordingLog } from '../../support/log.ts'
import { sampleAccount, sampleEntry } from '../../support/samples.ts'

describe('my details (R54)', () => {
  const { entries } = inMemoryEntries({ entry: sampleEntry(), secretHash: 'hash of the Secret number' })
  const clock = manualClock()
  const show = (account = sampleAccount()) =>
    send(
      showAccountHandler(showAccount({ entries, clock }), {
        originSecret,
        authenticate: async () => account,
        log: recordingLog(),
      }),
      httpEvent('showAccount', { cookie: '__Host-session=x' }),
    )

  test('are the registered data and the entry, and nothing secret', async () => {
    const answer = await show()
    expect(answer.statusCode).toBe(200)
    expect(answer.json).toEqual({
      idNumber: 'ABC12345',
      givenName: 'Ana',
      familyName: 'Example',
      email: 'ana@example.org',
      emailBounced: false,
      country: 'ES',
      firstLanguage: 'prefer-not-to-say',
      emailOptIn: true,
      language: 'es',
      entries: [
        {
          session: '2026-11-b2-first-digital',
          exam: 'b2-first',
          dateTaken: '2026-11-14',
          mode: 'digital',
          centre: 'ES123',
        },
      ],
    })
    expect(answers.showAccount.success[200]?.safeParse(answer.json).success).toBe(true)
  })

  test('show that the address bounced', async () => {
    expect((await show(sampleAccount({ emailBounced: true }))).json).toMatchObject({ emailBounced: true })
  })

  test('show an unconfirmed new address until its link expires (R55)', async () => {
    const expiresAt = later(clock.now(), 1)
    const pendingEmail = { address: 'next@example.org', eventId: 'event', requestedAt: clock.now(), expiresAt }
    expect((await show(sampleAccount({ pendingEmail }))).json).toMatchObject({ pendingEmail: 'next@example.org' })
    clock.advance(1)
    expect((await show(sampleAccount({ pendingEmail }))).json).not.toHaveProperty('pendingEmail')
  })

  test('of an account without entry are an error, not a partial response', async () => {
    expect(await show(sampleAccount({ idNumber: 'GONE1234' }))).toMatchObject({ statusCode: 500 })
  })
})
