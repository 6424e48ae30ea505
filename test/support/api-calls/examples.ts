import * as fc from 'fast-check'
import type { OperationName } from '../../../shared/contracts/http.ts'
import type { Expectation } from './api-call.ts'
import { type ApiFixture, hour, password } from './api-fixture.ts'

/** A valid request, apart from the operation's method and path. */
export interface Example {
  readonly body?: Readonly<Record<string, unknown>>
  readonly pathParameters?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly cookie?: string
  /** Instead of the cookie, where nobody knows what becomes of the call. */
  readonly spareCookie?: string
  readonly operator?: string
  /** Expected outcome, if not simply accepted. */
  readonly becomes?: Expectation
}

/** For every operation, requests with a known outcome in this fixture, however often they are repeated. */
export const examplesIn = (fixture: ApiFixture): Readonly<Record<OperationName, fc.Arbitrary<Example>>> => {
  const registration = fc.constantFrom(...fixture.registrations)
  const spareCookie = fc.constantFrom(...fixture.spareCookies)
  const signedIn = fc.record({ cookie: fc.constantFrom(...fixture.cookies), spareCookie })
  const changer = fc.record({ cookie: fc.constantFrom(...fixture.changersCookies), spareCookie })
  const fileName = fc
    .stringMatching(/^[a-z0-9][A-Za-z0-9 _.-]{0,40}\.csv$/)
    .filter((name) => !/dev|staging|prod/i.test(name))
  // Tokens that were never issued.
  const linkExpired: Expectation = { becomes: 'refused', codes: ['link-expired'] }
  const deadToken = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/)
  return {
    register: registration.map((body) => ({ body })),
    logIn: registration.map(({ idNumber }) => ({ body: { idNumber, password } })),
    logOut: fc.constant({}),
    showAccount: signedIn,
    changeAccount: fc
      .tuple(signedIn, fc.record({ country: fc.constantFrom('ES', 'prefer-not-to-say'), emailOptIn: fc.boolean() }))
      .map(([cookies, body]) => ({ ...cookies, body })),
    // To the same password, so that the next call knows it; the session that asks goes on.
    changePassword: changer.map((cookies) => ({
      ...cookies,
      body: { currentPassword: password, password, passwordConfirmation: password },
    })),
    changeEmail: changer.map((cookies) => ({
      ...cookies,
      body: { currentPassword: password, email: 'new@example.org' },
      // Three an hour are mailed.
      becomes: { becomes: 'accepted', unless: ['try-again'] },
    })),
    confirmEmail: deadToken.map((token) => ({ body: { token }, becomes: linkExpired })),
    requestPasswordReset: registration.map(({ idNumber }) => ({ body: { idNumber } })),
    confirmPasswordReset: deadToken.map((token) => ({
      body: { token, password, passwordConfirmation: password },
      becomes: linkExpired,
    })),
    exportAccount: signedIn,
    listResults: signedIn,
    // One in three is in the session that was released.
    showStatement: signedIn.map((cookies) => ({
      ...cookies,
      pathParameters: { session: 'calls-released' },
      becomes: { becomes: 'accepted', unless: ['no-such-result'] },
    })),
    listExams: fc.constant({}),
    listCountries: fc.constant({}),
    listLanguages: fc.constant({}),
    health: fc.constant({}),
    startImport: fc
      .record({ kind: fc.constantFrom('entries', 'results'), fileName, stage: fc.constant('dev') })
      .map((body) => ({ body, operator: 'olga' })),
    showImport: fc
      .constantFrom(...fixture.importIds)
      .map((importId) => ({ pathParameters: { importId }, operator: 'olga' })),
    planRelease: fc.integer({ min: 1, max: 10_000 }).map((hours) => ({
      body: { session: fixture.plannedSession, releaseAt: new Date(fixture.now + hours * hour).toISOString() },
      operator: 'olga',
    })),
    // Said twice by the same person, an approval is the same approval.
    approveRelease: fc.constant({
      body: { manifest: fixture.approved.manifest },
      pathParameters: { session: fixture.approved.session },
      operator: 'piet',
    }),
    checkReadiness: fc
      .constantFrom(fixture.plannedSession, fixture.approved.session)
      .map((session) => ({ pathParameters: { session }, operator: 'olga' })),
    // Said twice by the same person, a hold is the same hold.
    holdRelease: fc.constant({ pathParameters: { session: fixture.heldSession }, operator: 'olga' }),
    resumeRelease: fc.constant({
      pathParameters: { session: fixture.plannedSession },
      operator: 'olga',
      becomes: { becomes: 'refused', codes: ['release-refused'] },
    }),
    cancelRelease: fc.constant({
      pathParameters: { session: 'calls-released' },
      operator: 'piet',
      becomes: { becomes: 'refused', codes: ['release-refused'] },
    }),
    unsubscribe: fc.constant({ query: { token: 'no-token' }, becomes: linkExpired }),
    listAuditEntries: fc.constant({ query: { subject: 'release/calls-released' }, operator: 'olga' }),
    listDeadLetters: fc.constant({ operator: 'olga' }),
    redriveDeadLetters: fc.constant({ body: {}, operator: 'olga' }),
    reportMails: fc.constant({ pathParameters: { session: 'calls-released' }, operator: 'piet' }),
    listUnmailed: fc.constant({ pathParameters: { session: 'calls-released' }, operator: 'piet' }),
    reconcileMails: fc.constant({ pathParameters: { session: 'calls-released' }, operator: 'olga' }),
    resendUnknown: fc.constant({ pathParameters: { session: 'calls-released' }, operator: 'olga' }),
    resumeMails: fc.constant({
      pathParameters: { session: 'calls-released' },
      operator: 'olga',
      becomes: { becomes: 'refused', codes: ['release-refused'] },
    }),
    showRelease: fc
      .constantFrom(fixture.plannedSession, fixture.approved.session, 'calls-released')
      .map((session) => ({ pathParameters: { session }, operator: 'piet' })),
  }
}
