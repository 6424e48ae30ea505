import type { SendWaveMessage } from '../../../shared/contracts/messages.ts'
import { type EmailBatch, mailingOf } from '../../../shared/domain/email-batch.ts'
import { isSessionOpen } from '../../../shared/domain/embargo.ts'
import { shuffled } from '../../../shared/domain/shuffled.ts'
import { later, minute, second } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { MailOutcome, Pacer, ResultMailer } from '../../../shared/ports/mailers.ts'
import type { MailWait, MailWaits, ResultEmailQueues } from '../../../shared/ports/result-email-plans.ts'
import type { RecipientsLook, ResultRecipients } from '../../../shared/ports/result-recipients.ts'
import type { Timer } from '../../../shared/ports/timer.ts'
import { MailInFlight } from '../../../shared/protocols/mail-faults.ts'
import { type Change, type Intent, type IntentPorts, intentFor, settledBy } from './intent.ts'
import { type Mishap, newLuck } from './luck.ts'
import { openBatches, type Slice } from './open-batches.ts'

export interface SendResultEmailsPorts extends IntentPorts {
  readonly batches: EmailBatches
  readonly recipients: ResultRecipients
  readonly mailer: ResultMailer
  readonly pacer: Pacer
  readonly queues: Pick<ResultEmailQueues, 'sendWaves'>
  readonly waits: MailWaits
  readonly clock: Pick<Clock, 'now'>
  readonly timer: Timer
  readonly newId: NewId
}

/** Why a wave waits for another time, as a message of its own: waiting uses up no deliveries and loses nothing. */
export type PutAside = 'time-is-up' | 'release-not-open' | 'breaker' | Mishap

export type SendOutcome =
  /** Every mail of the wave is settled, by now or before. */
  | { readonly outcome: 'settled'; readonly sent: number }
  | { readonly outcome: 'put-aside'; readonly reason: PutAside; readonly sent: number }
  | { readonly outcome: 'no-such-wave' }

export type SendResultEmails = ReturnType<typeof sendResultEmails>

/** A sender works so long on one message and hands the rest on; its invocation has a minute more. */
const shift = 2 * minute
/**
 * By when a turn has to come: the call and its settling fit into what is left of the invocation. Until then it is waited
 * for, since a turn that is taken and not used is lost to everybody, and whoever takes another makes the line longer.
 */
const lastTurn = shift + 40 * second
/** What is settled does not wait for a turn longer than this to be written; a shorter wait is worth the call it saves. */
const settledWithin = 10 * second
/** Some five hours, at a quarter of an hour each; then the mails end as failed, by name. */
const mostRefusals = 20

/** Seconds until a wave that was put aside comes again. */
const delays: Readonly<Record<PutAside, number>> = {
  'time-is-up': 0,
  throttled: 30,
  'release-not-open': 900,
  breaker: 900,
  'daily-quota': 900,
  'service-unavailable': 900,
  'call-refused': 900,
}

/**
 * Sends a wave of result mails (R51, G4), call by call as the pace allows. Each batch is claimed before its one call and
 * settled after it; whatever may have been sent is `unknown` and never sent again by itself. A batch is settled in the
 * same write in which the next one is claimed, so a sender that is killed leaves no more behind than the calls it had
 * under way: two, of up to 49 mails.
 */
export const sendResultEmails =
  (ports: SendResultEmailsPorts) =>
  async (message: SendWaveMessage): Promise<SendOutcome> => {
    const { scope, wave, releaseId } = message
    const found = (await ports.batches.inWave(scope, wave)).filter((batch) => batch.releaseId === releaseId)
    if (found.length === 0) return { outcome: 'no-such-wave' }
    const { sent, reason, inFlight } = await workThrough(ports, message, found)
    if (reason) {
      if (isToldOf(reason)) {
        const since = ports.clock.now()
        await ports.waits.note(mailingOf(scope), { reason, since, until: later(since, delays[reason] * second) })
      }
      const refusals = (message.refusals ?? 0) + (reason === 'call-refused' ? 1 : 0)
      await ports.queues.sendWaves([{ ...message, ...(refusals > 0 && { refusals }) }], delays[reason])
      return { outcome: 'put-aside', reason, sent }
    }
    // Comes again when that claim has lapsed, if it has not been settled by then.
    if (inFlight) throw new MailInFlight(wave)
    return { outcome: 'settled', sent }
  }

/** The rest shows in how the release and the pace stand. */
const isToldOf = (reason: PutAside): reason is MailWait['reason'] =>
  reason === 'daily-quota' || reason === 'service-unavailable' || reason === 'call-refused'

const workThrough = async (
  ports: SendResultEmailsPorts,
  { scope, releaseId, session, refusals = 0 }: SendWaveMessage,
  found: readonly EmailBatch[],
): Promise<{ readonly sent: number; readonly reason?: PutAside; readonly inFlight: boolean }> => {
  const { pacer, clock, timer } = ports
  const startedAt = timer.now()
  const open = openBatches(
    ports,
    scope,
    shuffled(found, releaseId, ({ item }) => item),
  )
  const luck = newLuck()
  let sent = 0
  open.settleAbandoned(clock.now())

  const stop = async (reason?: PutAside) => {
    await open.settle()
    return { sent, inFlight: open.inFlight.size > 0, ...(reason && { reason }) }
  }

  for (;;) {
    const { calls, mails } = await pacer.burst()
    const slices = open
      .pending()
      .slice(0, calls)
      .map(({ item, positions }) => ({ item, positions: luck.choose(item, positions, mails) }))
    if (slices.length === 0) return stop()
    if (timer.now() - startedAt > shift) return stop('time-is-up')
    const turn = await pacer.take(mailsIn(slices), mailingOf(scope))
    if (turn.outcome === 'stopped') return stop(turn.reason)
    if (timer.now() - startedAt + turn.inMilliseconds > lastTurn) return stop('time-is-up')
    if (turn.inMilliseconds > settledWithin && open.hasUnwritten()) await open.settle()
    await timer.wait(turn.inMilliseconds)

    // Read after the wait, so that a hold and a change of mind count until the last moment (R09).
    const looks = await Promise.all(slices.map((slice) => ports.recipients.look(session, idsOf(open, slice))))
    const standing = standingOf(looks, releaseId, ports)
    if (standing === 'cancelled') {
      suppressAll(open)
      return stop()
    }
    if (standing === 'not-open') return stop('release-not-open')

    const intents = new Map(
      await Promise.all(
        slices.map(async (slice, index) => [slice.item, await intentsFor(ports, open, slice, looks[index])] as const),
      ),
    )
    for (const [item, planned] of intents)
      open.change(item, new Map(planned.map(({ position, claim }) => [position, claim])), clock.now())
    const mine = await open.claim(slices)
    const outcomes = await Promise.all(
      mine.map(async ({ item }) => ({ item, ...(await sendCall(ports, open.get(item), intents.get(item) ?? [])) })),
    )
    for (const { item, changes, results } of outcomes) {
      const isRefused = luck.learn(item, results)
      open.change(item, isRefused ? failed(changes, luck.lastRefusal()) : changes)
      sent += results.filter(({ outcome }) => outcome === 'accepted').length
    }
    if (mine.length < slices.length) open.settleAbandoned(clock.now())

    const mishap = luck.mishap()
    if (mishap === 'call-refused' && refusals >= mostRefusals) failAll(open, luck.lastRefusal())
    else if (mishap) return stop(mishap)
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
  look: RecipientsLook | undefined,
): Promise<readonly Intent[]> =>
  Promise.all(
    positions.map((position) => {
      const batch = open.get(item)
      return intentFor(ports, batch, position, look?.addressees.get(batch.deliveries[position]?.idNumber ?? ''))
    }),
  )

/** Cancelled, or replaced by another release: nobody is told of this one any more. */
const standingOf = (
  looks: readonly RecipientsLook[],
  releaseId: string,
  { clock }: SendResultEmailsPorts,
): 'open' | 'not-open' | 'cancelled' => {
  const isOver = looks.some(({ release }) => release?.releaseId !== releaseId || release.state === 'cancelled')
  if (isOver) return 'cancelled'
  return looks.every((look) => isSessionOpen({ ...look, now: clock.now() })) ? 'open' : 'not-open'
}

/** One call, and what it came to by position. Nobody may be left to mail. */
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
