import type { OperationsApi } from '../../shared/adapters/operations-api/operations-api.ts'
import type { MailReport, Reconciliation, Resending } from '../../shared/contracts/answers.ts'
import { allPages } from './all-pages.ts'
import type { CommandResult, Target } from './target.ts'

/** Polling interval while mails are being sent, in milliseconds. */
const lookEvery = 2_000

/** The correction whose mails are meant; by default the release's own mails. */
export interface MailOptions {
  readonly correction?: string
}

/** `release report SESSION`: the outcome of its mails; with `--watch`, repeated until none is pending. */
export const reportMails = async (
  target: Target,
  session: string,
  { watch, list, correction }: MailOptions & { readonly watch?: true; readonly list?: true },
): Promise<CommandResult> => {
  const api = await target.api()
  let report = await api.reportMails(session, correction)
  if (watch) for (const line of report.obstacles.flatMap(linesOfObstacle)) target.progress(line)
  for (let before = report; watch && isGoingOn(report); before = report) {
    await target.sleep(lookEvery)
    report = await api.reportMails(session, correction)
    target.progress(progressOf(report, before))
    if (isNews(report, before)) for (const line of report.obstacles.flatMap(linesOfObstacle)) target.progress(line)
  }
  const unmailed = list ? await allUnmailed(api, session, correction) : undefined
  return {
    json: { ...report, ...(unmailed && { unmailed }) },
    text: [
      ...linesOf(report),
      ...(unmailed ?? []).map(({ idNumber, state, reason }) => `  ${idNumber}  ${state}${reason ? `, ${reason}` : ''}`),
      '',
    ].join('\n'),
  }
}

/** `--watch` waits for the end of a hold or of a used-up quota, but not after a breaker stop or a cancellation. */
const isGoingOn = ({ isPlanned, isStopped, pending, obstacles }: MailReport) =>
  !isStopped && (!isPlanned || pending > 0) && !obstacles.some(({ obstacle }) => obstacle === 'cancelled')

const isNews = ({ obstacles }: MailReport, before: MailReport): boolean =>
  JSON.stringify(obstacles) !== JSON.stringify(before.obstacles)

const progressOf = ({ planned, pending, isPlanned }: MailReport, before: MailReport): string => {
  const done = planned - pending
  const rate = Math.max(0, (done - (before.planned - before.pending)) / (lookEvery / 1_000))
  const left = rate > 0 ? `, ${Math.ceil(pending / rate)} s left` : ''
  return `${done} of ${planned}${isPlanned ? '' : ' planned so far'}, ${Math.round(rate)} a second${left}`
}

const allUnmailed = (api: OperationsApi, session: string, correction: string | undefined) =>
  allPages(async (after) => {
    const { recipients: items, next } = await api.listUnmailed(session, after, correction)
    return { items, next }
  })

const linesOf = (report: MailReport): string[] => {
  const { session, planned, pending, accepted, unknown, failed, suppressed, delivered, bounced, complained } = report
  const reasons = report.reasons.map(({ reason, count }) => `${count} ${reason}`)
  return [
    `${session}: ${planned} mails planned${report.isPlanned ? '' : ' so far'}`,
    `  pending      ${pending}`,
    `  accepted     ${accepted}, of which ${delivered} delivered, ${bounced} bounced, ${complained} reported as spam`,
    `  unknown      ${unknown}${unknown > 0 ? ' (settle where possible: release reconcile)' : ''}`,
    `  failed       ${failed}`,
    `  suppressed   ${suppressed}`,
    ...(reasons.length > 0 ? [`  reasons      ${reasons.join(', ')}`] : []),
    ...report.obstacles.flatMap(linesOfObstacle),
  ]
}

const linesOfObstacle = ({ says, todo }: MailReport['obstacles'][number]): string[] => [
  `  ! ${says}`,
  ...(todo === undefined ? [] : [`    → ${todo}`]),
]

/** `release reconcile SESSION`, step by step. */
export const reconcileMails = async (
  target: Target,
  session: string,
  { correction }: MailOptions,
): Promise<CommandResult> => {
  const api = await target.api()
  if (target.dryRun) return unchanged(await api.reportMails(session, correction), `reconcile this on ${target.place}`)
  const done = await inSteps(
    (after) => api.reconcileMails(session, after, correction),
    addReconciled,
    (sum) =>
      target.progress(`${sum.settled} settled, ${sum.requeued} put back on the queue, ${sum.unknown} unknown so far`),
  )
  return {
    json: done,
    text: [
      `${session}: ${done.settled} settled, ${done.requeued} put back on the queue, ${done.unknown} unknown`,
      ...(done.resendFrom ? [`Unknown mails may be resent from ${done.resendFrom}: release resend-unknown`] : []),
      '',
    ].join('\n'),
  }
}

const addReconciled = (sum: Reconciliation, step: Reconciliation): Reconciliation => {
  const [resendFrom] = [sum.resendFrom, step.resendFrom]
    .filter((instant) => instant !== undefined)
    .toSorted()
    .slice(-1)
  return {
    session: sum.session,
    settled: sum.settled + step.settled,
    unknown: sum.unknown + step.unknown,
    requeued: sum.requeued + step.requeued,
    ...(resendFrom !== undefined && { resendFrom }),
  }
}

/** `release resend-unknown SESSION`, step by step. */
export const resendUnknown = async (
  target: Target,
  session: string,
  { correction }: MailOptions,
): Promise<CommandResult> => {
  const api = await target.api()
  if (target.dryRun)
    return unchanged(await api.reportMails(session, correction), `resend unknown mails on ${target.place}`)
  const done = await inSteps(
    (after) => api.resendUnknown(session, after, correction),
    addResent,
    (sum) => target.progress(`${sum.resent} resent so far`),
  )
  const text = `${session}: ${done.resent} resent, ${done.tooEarly} unknown for less than a day, ${done.resentBefore} already resent\n`
  if (done.resent === 0 && done.tooEarly > 0) {
    return {
      json: done,
      text,
      refusal: 'SES may still report mails that have been unknown for less than a day. Wait for it.',
    }
  }
  return { json: done, text }
}

const addResent = (sum: Resending, step: Resending): Resending => ({
  session: sum.session,
  resent: sum.resent + step.resent,
  tooEarly: sum.tooEarly + step.tooEarly,
  resentBefore: sum.resentBefore + step.resentBefore,
})

/** Repeats steps until none is left. If interrupted, running the same command again continues without repeating work. */
const inSteps = async <Step extends { readonly next?: string }>(
  take: (after: string | undefined) => Promise<Step>,
  add: (sum: Step, step: Step) => Step,
  tell: (sum: Step) => void,
): Promise<Step> => {
  const { next: second, ...first } = await take(undefined)
  let sum = first as Step
  for (let next = second; next !== undefined; ) {
    tell(sum)
    const step = await take(next)
    sum = add(sum, step)
    next = step.next
  }
  return sum
}

/** `release resume-mails SESSION`. */
export const resumeMails = async (
  target: Target,
  session: string,
  { correction }: MailOptions,
): Promise<CommandResult> => {
  const api = await target.api()
  if (target.dryRun) return unchanged(await api.reportMails(session, correction), `resume its mails on ${target.place}`)
  const done = await api.resumeMails(session, correction)
  return { json: done, text: `${session}: its mails continue. Watch them: release report ${session} --watch\n` }
}

const unchanged = (report: MailReport, what: string): CommandResult => ({
  json: { dryRun: true, ...report },
  text: `${linesOf(report).join('\n')}\nWould ${what}. Nothing was changed.\n`,
})
