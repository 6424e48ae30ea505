import { describe, expect, test } from '@jest/globals'
import { exportAccount } from '../../../functions/identity/export-account/export-account.ts'
import { exportAccountHandler } from '../../../functions/identity/export-account/handler.ts'
import { answers } from '../../../shared/contracts/answers.ts'
import type { EmbargoFacts } from '../../../shared/domain/embargo.ts'
import type { ResultVersion } from '../../../shared/domain/result.ts'
import { beginSession } from '../../../shared/domain/session.ts'
import { epochMilliseconds, later, minute } from '../../../shared/domain/time.ts'
import { listResults } from '../../../shared/protocols/list-results.ts'
import { manualClock } from '../../support/clock.ts'
import { httpEvent, originSecret, send } from '../../support/http-event.ts'
import { inMemoryEntries } from '../../support/in-memory/entries.ts'
import { inMemorySessions } from '../../support/in-memory/sessions.ts'
import { recordingLog } from '../../support/log.ts'
import { sampleAccount, sampleEntry, sampleWindowRules } from '../../support/samples.ts'

const instant = epochMilliseconds(Date.parse('2026-11-23T09:00:00.000Z'))
const result: ResultVersion = {
  idNumber: 'ABC12345',
  version: 1,
  session: '2026-11-b2-first-digital',
  state: 'final',
  payload: { grade: 'GRADE-CANARY', skills: [] },
  digest: 'digest',
  sealedFor: 'release-1',
  visibleFrom: instant,
}
type Facts = Pick<EmbargoFacts, 'release' | 'opening'>
const open: Facts = {
  release: { releaseId: 'release-1', state: 'released' },
  opening: { releaseId: 'release-1', releasedAt: instant },
}
const shut: Facts = { release: { releaseId: 'release-1', state: 'approved' }, opening: undefined }

/** What the row holds of addresses beside the one in force. */
const addresses = {
  emailComplained: true,
  pendingEmail: { address: 'next@example.org', eventId: 'event-2', requestedAt: instant, expiresAt: instant },
  formerEmail: { address: 'former@example.org', eventId: 'event-1' },
}

/** Attributes that the row holds beside what the export is made of. */
const rowOnly = { resetToken: { hash: 'TOKEN-CANARY', expiresAt: instant }, somethingNew: 'NEW-CANARY' }

const take = async (facts: Facts, versions: readonly ResultVersion[], now = '2026-11-23T09:10:00.000Z') => {
  const clock = manualClock(now)
  const sessions = inMemorySessions()
  const begun = later(clock.now(), -minute)
  const token = await sessions.begin(beginSession('ABC12345', 'epoch-1', begun))
  const { entries } = inMemoryEntries({ entry: sampleEntry(), secretHash: 'SECRET-CANARY' })
  const list = listResults({
    entries,
    results: { versionsOf: async () => versions },
    releaseStates: { of: async () => facts },
    clock,
    windowRules: sampleWindowRules,
  })
  const account = {
    ...sampleAccount({ passwordHash: 'PASSWORD-CANARY', sessionEpoch: 'EPOCH-CANARY' }),
    ...addresses,
    ...rowOnly,
  }
  const handler = exportAccountHandler(exportAccount({ listResults: list, sessions, clock }), {
    originSecret,
    authenticate: async () => ({ ...account, registrationHash: 'FORM-CANARY' }),
    log: recordingLog(),
    clock,
  })
  const answer = await send(handler, httpEvent('exportAccount', { cookie: `__Host-session=${token}` }))
  return { answer, token }
}

describe('the export of a candidate’s data', () => {
  test('is a file with account, entry, session and results, and names what it leaves out', async () => {
    const { answer } = await take(open, [result])
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="my-data.json"',
      'cache-control': 'private, no-store',
    })
    expect(answers.exportAccount.success[200]?.safeParse(answer.json)).toMatchObject({ success: true })
    expect(answer.json).toMatchObject({
      exportedAt: '2026-11-23T09:10:00.000Z',
      account: {
        idNumber: 'ABC12345',
        familyName: 'Example',
        email: 'ana@example.org',
        emailBounced: false,
        emailComplained: true,
        pendingEmail: 'next@example.org',
        formerEmail: 'former@example.org',
        termsVersion: '2026-09-01',
        registeredAt: '2026-11-20T10:00:00.000Z',
        entries: [{ session: '2026-11-b2-first-digital', centre: 'ES123' }],
      },
      session: { begunAt: '2026-11-23T09:09:00.000Z', endsAt: '2026-11-23T09:39:00.000Z' },
      results: [{ status: 'released', grade: 'GRADE-CANARY' }],
      notIncluded: ['secret-number', 'password-and-tokens', 'sign-in-attempts', 'other-sessions', 'mail-log'],
    })
  })

  test('never contains the Secret number, a password, a token or a hash of one (R41)', async () => {
    const { answer, token } = await take(open, [result])
    expect(answer.body).not.toMatch(/(SECRET|PASSWORD|EPOCH|FORM|TOKEN|NEW)-CANARY/)
    expect(answer.body).not.toContain(token)
  })

  test('is the same before the release whether or not a result is loaded (R50, G3)', async () => {
    const [loaded, empty] = [await take(shut, [result]), await take(shut, [])]
    expect(loaded.answer.body).toEqual(empty.answer.body)
    expect(loaded.answer.body).not.toContain('GRADE-CANARY')
    const early = await take(open, [result], '2026-11-23T08:59:59.999Z')
    expect(early.answer.body).not.toContain('GRADE-CANARY')
  })

  test('is refused to callers who are not signed in', async () => {
    const handler = exportAccountHandler(async () => Promise.reject(new Error('never asked')), {
      originSecret,
      authenticate: async () => undefined,
      log: recordingLog(),
    })
    expect(await send(handler, httpEvent('exportAccount'))).toMatchObject({
      statusCode: 401,
      json: { code: 'not-signed-in' },
    })
  })
})
