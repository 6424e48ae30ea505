import { exportAccount } from '../../../functions/identity/export-account/export-account.ts'
import { exportAccountHandler } from '../../../functions/identity/export-account/handler.ts'
import { listResultsHandler } from '../../../functions/results/list-results/handler.ts'
import { showStatementHandler } from '../../../functions/results/show-statement/handler.ts'
import { showStatement } from '../../../functions/results/show-statement/show-statement.ts'
import type { ResultState } from '../../../shared/domain/result.ts'
import type { Log } from '../../../shared/lambda/logger.ts'
import { type ListResults, type ListResultsPorts, listResults } from '../../../shared/protocols/list-results.ts'
import { httpEvent, originSecret } from '../http-event.ts'
import { inMemorySessions } from '../in-memory/sessions.ts'
import { recordingLog } from '../log.ts'
import { mailFixture } from '../mail-fixture.ts'
import { session } from '../release-fixture.ts'
import { sampleAccount, sampleEntry, sampleWindowRules } from '../samples.ts'
import type { Step } from './traces.ts'

/** How results are read for candidates: as in the service, or by a broken variant that a test must detect. */
export type Reader = (ports: ListResultsPorts & { readonly log: Log }) => ListResults

/** A candidate's row in a file; undefined if there is none. */
export type Row = { readonly grade: string; readonly state: ResultState } | undefined

export const candidates = ['ID000000', 'ID000001', 'ID000002', 'ID000003'] as const

export interface FixtureOptions {
  readonly reader?: Reader
  /** Each candidate's row in the n-th results file. */
  readonly rowOf: (file: number, candidate: number) => Row
  /** A broken variant: sends mails as soon as the release is approved. */
  readonly mailsWhenApproved?: true
}

const byDesign: Reader = listResults

/** A session with four candidates, every endpoint that shows them something, and its operators, in memory. */
export const embargoFixture = async ({ reader = byDesign, rowOf, mailsWhenApproved }: FixtureOptions) => {
  const mails = mailFixture()
  const log = recordingLog()
  for (const [index, idNumber] of candidates.entries()) {
    mails.members.entries.push({ session, idNumber })
    mails.members.accounts.push({ session, idNumber, emailOptIn: index !== 1, language: 'en' })
  }
  const { clock } = mails
  const list = reader({
    entries: { find: async (idNumber) => sampleEntry({ idNumber, session }) },
    results: { versionsOf: async (idNumber) => mails.results.versionsOf(idNumber) },
    releaseStates: {
      of: async (of) => ({ release: mails.releases.rows.get(of), opening: mails.releases.openings.rows.get(of) }),
    },
    clock,
    windowRules: sampleWindowRules,
    log,
  })
  let caller: string = candidates[0]
  const options = { originSecret, authenticate: async () => sampleAccount({ idNumber: caller, session }), log, clock }
  const print = async (statement: object) => new TextEncoder().encode(JSON.stringify(statement))
  const doors = {
    list: listResultsHandler(list, options),
    export: exportAccountHandler(exportAccount({ listResults: list, sessions: inMemorySessions(), clock }), options),
    statement: showStatementHandler(
      showStatement({ listResults: list, centres: { find: async () => undefined }, print }),
      options,
    ),
  } as const
  const requests = {
    list: httpEvent('listResults', { cookie: '__Host-session=x' }),
    export: httpEvent('exportAccount', { cookie: '__Host-session=x' }),
    statement: httpEvent('showStatement', { cookie: '__Host-session=x', pathParameters: { session } }),
  }

  const answers: string[] = []
  const mailedEarly: string[] = []
  const unawaited: Promise<unknown>[] = []
  let files = 0
  let manifest = ''
  let planned = ''
  let told = 0

  const read = async (candidate: number, endpoint: keyof typeof doors) => {
    caller = candidates[candidate] as string
    // Handlers change the event's headers.
    answers.push(JSON.stringify(await doors[endpoint](structuredClone(requests[endpoint]))))
  }
  const importFile = async () => {
    const file = files++
    for (const rows of [mails.releases, mails.corrections]) await rows.voidPlan(session)
    for (const [index, idNumber] of candidates.entries()) {
      const row = rowOf(file, index)
      if (!row) continue
      await mails.addResult(idNumber, { ...row, version: mails.results.versionsOf(idNumber).length + 1 })
    }
  }
  const fire = () => {
    // A schedule awaits nobody; what is blocked is repeated.
    unawaited.push(mails.fire(planned).catch(() => undefined))
  }
  const mail = async () => {
    for (const event of mails.releases.events.slice(told)) {
      if (event.type === 'results-released') await mails.announce(event.detail.releaseId)
      if (event.type === 'release-approved' && mailsWhenApproved) {
        for (const idNumber of candidates) {
          if (mails.results.versionsOf(idNumber).at(-1)?.state === 'final') mailedEarly.push(idNumber)
        }
      }
    }
    told = mails.releases.events.length
    await mails.planAll()
    await mails.sendAll()
  }
  const plan = async (releaseAt: string | undefined) => {
    const row = await (releaseAt === undefined ? mails.planCorrection(false) : mails.plan('olga', releaseAt)).catch(
      () => undefined,
    )
    manifest = row?.manifest ?? manifest
    planned = row?.releaseId ?? planned
  }

  const take = async (step: Step): Promise<void> => {
    switch (step.take) {
      case 'read':
        return read(step.candidate, step.endpoint)
      case 'import':
        return importFile()
      case 'plan':
        return plan(step.releaseAt)
      case 'correct':
        return plan(undefined)
      case 'approve':
        return void (await mails.approve(manifest))
      case 'seal':
        await mails.seal(planned)
        return void (await mails.sealCorrection(planned))
      case 'fire':
        return fire()
      case 'sweep':
        return void unawaited.push(mails.sweep())
      case 'hold':
      case 'resume':
      case 'cancel':
        return void (await mails[step.take]())
      case 'mail':
        return mail()
      case 'wait':
        return mails.clock.advance(step.milliseconds)
      case 'go-to':
        if (step.instant > mails.clock.now()) mails.clock.moveTo(step.instant)
    }
  }

  return {
    mails,
    async take(step: Step) {
      await take(step)
      await settled()
    },
    /** Waits for everything in progress. */
    rest: () => Promise.all(unawaited),
    answers,
    opening: () => mails.releases.openings.rows.get(session),
    /** Everything observable from outside, except by operators. */
    seen: () =>
      JSON.stringify({
        answers,
        log: log.lines,
        mails: [mails.mail.accepted, mailedEarly],
        events: mails.releases.events,
      }),
  }
}

export type EmbargoFixture = Awaited<ReturnType<typeof embargoFixture>>

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
