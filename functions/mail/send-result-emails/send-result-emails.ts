import type { SendWaveMessage } from '../../../shared/contracts/messages.ts'
import { type EmailBatch, mailingOf } from '../../../shared/domain/email-batch.ts'
import { isSessionOpen } from '../../../shared/domain/embargo.ts'
import { shuffled } from '../../../shared/domain/shuffled.ts'
import { later, minute, second } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { MailOutcome, RateLimiter, ResultMailer, Turn } from '../../../shared/ports/mailers.ts'
import type { MailDeferral, MailDeferrals, ResultEmailQueues } from '../../../shared/ports/result-email-plans.ts'
import type { RecipientsSnapshot, ResultRecipients } from '../../../shared/ports/result-recipients.ts'
import type { Timer } from '../../../shared/ports/timer.ts'
import { MailInFlight } from '../../../shared/protocols/mail-faults.ts'
import { failureTracker, type StopReason } from './failure-tracker.ts'
import { type Change, type Intent, type IntentPorts, intentFor, settledBy } from './intent.ts'
import { openBatches, type Slice } from './open-batches.ts'

export interface SendResultEmailsPorts extends IntentPorts {
  readonly batches: EmailBatches
  readonly recipients: ResultRecipients
  readonly mailer: ResultMailer
  readonly rateLimiter: RateLimiter
  readonly queues: Pick<ResultEmailQueues, 'sendWaves'>
  readonly deferrals: MailDeferrals
  readonly clock: Pick<Clock, 'now'>
  readonly timer: Timer
  readonly newId: NewId
}

/** Why the rest of a wave is sent back to the queue as a new message, which costs none of a message's receives. */
export type DeferralReason = 'time-is-up' | 'release-not-open' | 'breaker' | StopReason

export type SendOutcome =
  /** Every mail of the wave is settled, by this sender or an earlier one. */
  | { readonly outcome: 'settled'; readonly sent: number }
  | { readonly outcome: 'deferred'; readonly reason: DeferralReason; readonly sent: number }
  | { readonly outcome: 'no-such-wave' }

export type SendResultEmails = ReturnType<typeof sendResultEmails>

/** Time that a sender spends on one message before it hands on the rest; its invocation has a minute more. */
const workTime = 2 * minute
/**
 * The latest start of a turn: the call and the write after it still fit into the invocation. An earlier turn is waited
 * for, since a turn that is taken and not used is lost to all senders.
 */
const latestTurn = workTime + 40 * second
/** Before a longer wait than this, settled states are written at once; before a shorter one they join the next write. */
const settledWithin = 10 * second
/** Deferrals for refused calls, 15 minutes each, some five hours in all; then the mails are recorded as failed. */
const maxRefusals = 20

/** Seconds until a deferred wave is delivered again. */
const delaySeconds: Readonly<Record<DeferralReason, number>> = {
  'time-is-up': 0,
  throttled: 30,
  'release-not-open': 900,
  breaker: 900,
  'daily-quota': 900,
  'service-unavailable': 900,
  'call-refused': 900,
}

/**
 * Sends a wave of result mails (R51, G4), call by call at the shared send rate. Each batch is claimed before its one call
 * and settled after it (at most once); a mail that may have been sent is `unknown` and never sent again automatically. A
 * batch is settled in the same write that claims the next one, so a killed sender leaves in doubt only the calls it had
 * in flight: two, of up to 49 mails.
 */
export const sendResultEmails =
  (ports: SendResultEmailsPorts) =>
  async (message: SendWaveMessage): Promise<SendOutcome> => {
    const { scope, wave, releaseId } = message
    const found = (await ports.batches.inWave(scope, wave)).filter((batch) => batch.releaseId === releaseId)
    if (found.length === 0) return { outcome: 'no-such-wave' }
    const { sent, reason, inFlight } = await sendBatches(ports, message, found)
    if (reason) {
      if (isRecorded(reason)) {
        const since = ports.clock.now()
        await ports.deferrals.note(mailingOf(scope), {
          reason,
          since,
          until: later(since, delaySeconds[reason] * second),
        })
      }
      const refusals = (message.refusals ?? 0) + (reason === 'call-refused' ? 1 : 0)
      await ports.queues.sendWaves([{ ...message, ...(refusals > 0 && { refusals }) }], delaySeconds[reason])
      return { outcome: 'deferred', reason, sent }
    }
    // Another sender's claim is open: retry after it has expired.
    if (inFlight) throw new MailInFlight(wave)
    return { outcome: 'settled', sent }
  }

/** The other reasons show in the state of the release and of the send rate. */
const isRecorded = (reason: DeferralReason): reason is MailDeferral['reason'] =>
  reason === 'daily-quota' || reason === 'service-unavailable' || reason === 'call-refused'

const sendBatches = async (
  ports: SendResultEmailsPorts,
  { scope, releaseId, session, refusals = 0 }: SendWaveMessage,
  found: readonly EmailBatch[],
): Promise<{ readonly sent: number; readonly reason?: DeferralReason; readonly inFlight: boolean }> => {
  const { rateLimiter, clock, timer } = ports
  const startedAt = timer.now()
  const open = openBatches(
    ports,
    scope,
    shuffled(found, releaseId, ({ item }) => item),
  )
  const failures = failureTracker()
  let sent = 0
  open.settleAbandoned(clock.now())

  const stop = async (reason?: DeferralReason) => {
    await open.settle()
    return { sent, inFlight: open.inFlight.size > 0, ...(reason && { reason }) }
  }

  const waitFor = async (turn: Turn): Promise<DeferralReason | undefined> => {
    if (turn.outcome === 'stopped') return turn.reason
    if (timer.now() - startedAt + turn.inMilliseconds > latestTurn) return 'time-is-up'
    if (turn.inMilliseconds > settledWithin && open.hasUnwritten()) await open.settle()
    await timer.wait(turn.inMilliseconds)
    return turn.recheck && waitFor(await turn.recheck())
  }

  for (;;) {
    const { calls, mails } = await rateLimiter.burst()
    const slices = open
      .pending()
      .slice(0, calls)
      .map(({ item, positions }) => ({ item, positions: failures.nextPositions(item, positions, mails) }))
    if (slices.length === 0) return stop()
    if (timer.now() - startedAt > workTime) return stop('time-is-up')
    const deferral = await waitFor(await rateLimiter.take(mailsIn(slices), mailingOf(scope)))
    if (deferral) return stop(deferral)

    // Read after the wait, so that a hold or an opt-out counts until the last moment (R09).
    const snapshots = await Promise.all(slices.map((slice) => ports.recipients.read(session, idsOf(open, slice))))
    const status = releaseStatusOf(snapshots, releaseId, ports)
    if (status === 'cancelled') {
      suppressAll(open)
      return stop()
    }
    if (status === 'not-open') return stop('release-not-open')

    const intents = new Map(
      await Promise.all(
        slices.map(
          async (slice, index) => [slice.item, await intentsFor(ports, open, slice, snapshots[index])] as const,
        ),
      ),
    )
    for (const [item, planned] of intents)
      open.change(item, new Map(planned.map(({ position, claim }) => [position, claim])), clock.now())
    const mine = await open.claim(slices)
    const outcomes = await Promise.all(
      mine.map(async ({ item }) => ({ item, ...(await sendCall(ports, open.get(item), intents.get(item) ?? [])) })),
    )
    for (const { item, changes, results } of outcomes) {
      const isRefused = failures.record(item, results)
      open.change(item, isRefused ? failed(changes, failures.lastRefusal()) : changes)
      sent += results.filter(({ outcome }) => outcome === 'accepted').length
    }
    if (mine.length < slices.length) open.settleAbandoned(clock.now())

    const stopReason = failures.stopReason()
    if (stopReason === 'call-refused' && refusals >= maxRefusals) failAll(open, failures.lastRefusal())
    else if (stopReason) return stop(stopReason)
  }
}

const mailsIn = (slices: readonly Slice[]) => slices.reduce((sum, { positions }) => sum + positions.length, 0)

type Open = ReturnType<typeof openBatches>

const idsOf = (open: Open, { item, positions }: Slice) =>
  positions.map((position) => open.get(item).deliveries[position]?.idNumber ?? '')

const intentsFor = (
  ports: SendResultEmailsPorts,
  open: Open,
  { item, positions }: Slice,
  snapshot: RecipientsSnapshot | undefined,
): Promise<readonly Intent[]> =>
  Promise.all(
    positions.map((position) => {
      const batch = open.get(item)
      return intentFor(ports, batch, position, snapshot?.addressees.get(batch.deliveries[position]?.idNumber ?? ''))
    }),
  )

/** `cancelled` also where another release has replaced this one: its mails are not sent. */
const releaseStatusOf = (
  snapshots: readonly RecipientsSnapshot[],
  releaseId: string,
  { clock }: SendResultEmailsPorts,
): 'open' | 'not-open' | 'cancelled' => {
  const isOver = snapshots.some(({ release }) => release?.releaseId !== releaseId || release.state === 'cancelled')
  if (isOver) return 'cancelled'
  return snapshots.every((snapshot) => isSessionOpen({ ...snapshot, now: clock.now() })) ? 'open' : 'not-open'
}

/** Makes one call and returns its outcomes by position; no call where every mail is suppressed. */
const sendCall = async (
  { mailer }: SendResultEmailsPorts,
  { scope, releaseId, language }: EmailBatch,
  intents: readonly Intent[],
): Promise<{ readonly changes: ReadonlyMap<number, Change>; readonly results: readonly MailOutcome[] }> => {
  const mails = intents.flatMap(({ position, mail }) => (mail ? [{ position, mail }] : []))
  if (mails.length === 0) return { changes: new Map(), results: [] }
  const mailingId = mailingOf(scope)
  const kind = mailingId === releaseId ? 'results-released' : 'results-corrected'
  const results = await mailer.send({ kind, mailingId, language, mails: mails.map(({ mail }) => mail) })
  return { changes: new Map(mails.map(({ position }, index) => [position, settledBy(results[index])])), results }
}

const suppressAll = (open: Open) => {
  for (const { item, positions } of open.pending())
    open.change(
      item,
      new Map(positions.map((position) => [position, { state: 'suppressed', reason: 'release-cancelled' }])),
    )
}

const failed = (changes: ReadonlyMap<number, Change>, reason: string): ReadonlyMap<number, Change> =>
  new Map([...changes.keys()].map((position) => [position, { state: 'failed', reason }]))

const failAll = (open: Open, reason: string) => {
  for (const { item, positions } of open.pending())
    open.change(item, new Map(positions.map((position) => [position, { state: 'failed', reason }])))
}
