import type { MailReach } from '../../../shared/contracts/mail.ts'
import { sessionPattern } from '../../../shared/domain/identifiers.ts'
import { voidManifest } from '../../../shared/domain/manifest.ts'
import { type Found, fail, isReady, ok, type ReadinessCheck, warn } from '../../../shared/domain/readiness.ts'
import { type PlannedRelease, sealedCount } from '../../../shared/domain/release.ts'
import { type EpochMilliseconds, minute, second, toIso } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { ImportsUnderWay } from '../../../shared/ports/imports.ts'
import type { MailTemplates } from '../../../shared/ports/mail-templates.ts'
import type { Releases } from '../../../shared/ports/releases.ts'
import type { StageInspector } from '../../../shared/ports/stage-inspector.ts'
import { scheduledFor } from '../schedule-release.ts'

export interface CheckReadinessPorts {
  readonly releases: Pick<Releases, 'find'>
  readonly importsUnderWay: ImportsUnderWay
  readonly templates: MailTemplates
  readonly inspector: StageInspector
  readonly mailReach: MailReach
  readonly stage: string
  readonly clock: Pick<Clock, 'now'>
}

export type ReadinessOutcome =
  | {
      readonly outcome: 'checked'
      readonly session: string
      readonly ready: boolean
      readonly checks: readonly ReadinessCheck[]
    }
  | { readonly outcome: 'no-such-release' }

export type CheckReadiness = ReturnType<typeof checkReadiness>

/** After this, both the schedule and the sweep have missed a due release. */
const latest = 65 * second
/** Sending that takes longer than this is worth a warning. */
const longMailing = 60 * minute

/** Checks for anything that would fail on the day (R61, R63), read-only, and says what to do about it. */
export const checkReadiness =
  (ports: CheckReadinessPorts) =>
  async (session: string): Promise<ReadinessOutcome> => {
    const release = sessionPattern.test(session) ? await ports.releases.find(session) : undefined
    if (!release) return { outcome: 'no-such-release' }
    const now = ports.clock.now()
    const { inspector } = ports
    const checks = await Promise.all([
      named('release', async () => standing(release, now)),
      named('seals', async () => seals(release)),
      named('results', async () => results(release)),
      named('imports', () => imports(ports, session)),
      named('mail-templates', async () => templates(ports, release)),
      named('mail-account', async () => mailAccount(await inspector.mailAccount(), release, ports.stage)),
      named('recipients', async () => recipients(ports)),
      named('schedule', () => schedule(ports, release, now)),
      named('sweep', async () =>
        (await inspector.isSweepOn())
          ? ok('The sweep runs every minute.')
          : fail('The sweep is missing or disabled.', 'Deploy the release stack again.'),
      ),
      named('tables', async () => tables(await inspector.tables())),
      named('dead-letters', async () => deadLetters(await inspector.deadLetters())),
      named('alarms', async () => alarms(await inspector.alarms())),
    ])
    return { outcome: 'checked', session, ready: isReady(checks), checks }
  }

const named = async (check: string, inspect: () => Promise<Found>): Promise<ReadinessCheck> => {
  try {
    return { check, ...(await inspect()) }
  } catch (error) {
    return { check, state: 'not-checked', says: `Not checked here: no answer (${(error as Error).name}).` }
  }
}

const standing = ({ state, releaseAt, session, lastStep, manifest }: PlannedRelease, now: EpochMilliseconds): Found => {
  const at = toIso(releaseAt)
  switch (state) {
    case 'released':
      return ok('It has happened.')
    case 'approved':
      return releaseAt + latest < now
        ? fail(`It was due at ${at} and has not happened.`, 'See docs/operations/alarms/release-not-executed.md.')
        : ok(`Two people have agreed to it; it opens at ${at}.`)
    case 'planned':
      return manifest === voidManifest
        ? fail(
            'The counted results have changed since it was planned.',
            'Plan it again, then have another person approve it.',
          )
        : fail('It is planned, and nobody has approved it.', `Another person: release approve ${session}`)
    case 'held':
      return fail(`It is held${lastStep ? ` by ${lastStep.by}` : ''}.`, `release resume ${session}`)
    case 'cancelled':
      return fail('It is cancelled.', 'Plan it again.')
  }
}

const seals = (release: PlannedRelease): Found => {
  const [sealed, all] = [sealedCount(release), release.counts.results]
  if (release.state === 'planned' || release.state === 'cancelled')
    return warn('Nothing is sealed before the approval.', 'Have it approved.')
  return sealed === all
    ? ok(`All of its ${all} results are sealed.`)
    : fail(`${sealed} of ${all} results are sealed.`, 'Wait a minute; then look for release-seals in the dead letters.')
}

const results = ({ counts: { entriesWithoutResult, resultsWithoutEntry } }: PlannedRelease): Found =>
  entriesWithoutResult + resultsWithoutEntry === 0
    ? ok('Every entry has a result, and every result an entry.')
    : warn(
        `${entriesWithoutResult} entries have no result, ${resultsWithoutEntry} results have no entry.`,
        'Ask whether they are still to come; results that arrive after the release are released as a correction.',
      )

const imports = async ({ importsUnderWay }: CheckReadinessPorts, session: string): Promise<Found> => {
  const [underWay] = await importsUnderWay.changing(session)
  return underWay
    ? fail(
        `The import ${underWay.importId} is being applied and changes this session.`,
        'Wait for it, then plan again.',
      )
    : ok('No import is changing it.')
}

const templates = ({ templates: { digest, faults } }: CheckReadinessPorts, release: PlannedRelease): Found => {
  if (faults.length > 0) return fail(`The mails cannot be sent: ${faults.join('; ')}.`, 'Correct and deploy them.')
  return digest === release.mailTemplates || release.state === 'released'
    ? ok('The mail templates are valid and match the approval.')
    : fail(
        'The deployed mail templates differ from the approved ones.',
        'Deploy the approved version, or plan and approve again.',
      )
}

const mailAccount = (
  { isOutOfSandbox, maySend, rate, leftToday }: Awaited<ReturnType<StageInspector['mailAccount']>>,
  { counts: { recipients } }: PlannedRelease,
  stage: string,
): Found => {
  if (!maySend) return fail('SES has stopped the account from sending.', 'Ask AWS why; only AWS can enable it again.')
  if (!isOutOfSandbox) {
    const sandbox = 'The account is in the SES sandbox and mails only verified addresses.'
    const ask = 'Ask AWS for production access; it takes about a day.'
    return stage === 'prod' ? fail(sandbox, ask) : warn(sandbox, ask)
  }
  if (leftToday < recipients) {
    return fail(`${recipients} mails are due, and SES takes ${leftToday} more today.`, 'Ask AWS for a higher quota.')
  }
  const duration = Math.ceil(recipients / rate) * second
  const says = `${recipients} mails at ${rate} a second take ${Math.ceil(duration / minute)} minutes.`
  return duration > longMailing ? warn(says, 'Ask AWS for a higher send rate.') : ok(says)
}

const recipients = ({ mailReach, stage }: CheckReadinessPorts): Found => {
  if (mailReach === 'nobody') return ok('Mail stays in the mailbox of this machine.')
  if (stage === 'prod') {
    return mailReach === 'everybody'
      ? ok('Mail reaches every candidate.')
      : fail('Mail reaches only the allow-list, no candidate.', "Set recipients to 'everyone' for prod and deploy.")
  }
  return mailReach === 'everybody'
    ? fail(
        `Mail of the stage ${stage} reaches everybody.`,
        'Give it a list of recipients in infra/stages.ts and deploy.',
      )
    : ok(`Mail of the stage ${stage} reaches its list of recipients and SES's simulator alone.`)
}

const schedule = async ({ inspector }: CheckReadinessPorts, release: PlannedRelease, now: EpochMilliseconds) => {
  if (release.state !== 'approved') return ok('It needs none in its present state.')
  const at = scheduledFor(release)
  // It deletes itself once it has fired.
  if (at <= now) return ok('Its schedule was due; from now on the sweep covers it, too.')
  return (await inspector.hasSchedule(release.releaseId, at))
    ? ok('Its own schedule is there.')
    : warn(
        'Its own schedule is missing; the sweep opens it within a minute of its instant.',
        'Have the approver repeat the approval, which recreates the schedule.',
      )
}

const tables = ({ names, notReady }: Awaited<ReturnType<StageInspector['tables']>>): Found =>
  notReady.length === 0
    ? ok(`${names.length} tables are active and warm.`)
    : fail(`Not ready: ${notReady.join(', ')}.`, 'Wait until they are active; warming takes up to an hour.')

const deadLetters = (found: Awaited<ReturnType<StageInspector['deadLetters']>>): Found =>
  found.length === 0
    ? ok('The dead-letter queues are empty.')
    : fail(
        `Dead letters: ${found.map(({ queue, messages }) => `${messages} in ${queue}`).join(', ')}.`,
        'See docs/operations/alarms/dead-letters.md.',
      )

const alarms = ({ count, firing }: Awaited<ReturnType<StageInspector['alarms']>>): Found => {
  if (count === 0) return fail('The stage has no alarms.', 'Deploy the operations stack.')
  return firing.length === 0
    ? ok(`None of ${count} alarms is on.`)
    : fail(`On: ${firing.join(', ')}.`, 'Each alarm names its page in docs/operations/alarms.')
}
