import { voidManifest } from '../../../shared/domain/manifest.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import { type EpochMilliseconds, toIso } from '../../../shared/domain/time.ts'
import type { EmailPlan, MailDeferral } from '../../../shared/ports/result-email-plans.ts'

/** A reason why mails are stopped or slow, worded for operators. */
export interface MailObstacle {
  readonly obstacle:
    | 'not-released'
    | 'held'
    | 'cancelled'
    | 'not-planned'
    | 'breaker'
    | 'daily-quota'
    | 'service-unavailable'
    | 'call-refused'
    | 'alarm'
  readonly says: string
  readonly todo?: string
}

export interface MailFacts {
  readonly release: PlannedRelease
  /** Set if the mails are those of a correction. */
  readonly correctionId: string | undefined
  readonly plan: EmailPlan | undefined
  /** Whether planning is complete. */
  readonly isPlanned: boolean
  readonly pending: number
  /** By the circuit breaker. */
  readonly isStopped: boolean
  readonly alarms: readonly string[]
  readonly now: EpochMilliseconds
}

/** Why mails are stopped or slow, and what to do; the most serious first, empty if no mail is pending. */
export const obstaclesOf = (facts: MailFacts): readonly MailObstacle[] => {
  const { isPlanned, pending, release } = facts
  if (isPlanned && pending === 0) return []
  // Other reasons do not matter while the release itself holds back its mails.
  return ofRelease(release) ?? [...ofPlan(facts), ...ofBreaker(facts), ...ofWait(facts), ...ofAlarms(facts)]
}

const ofRelease = ({ session, state, manifest, releaseAt, releasedAt, lastStep }: PlannedRelease) => {
  const held = `It is held${lastStep ? ` by ${lastStep.by} since ${toIso(lastStep.at)}` : ''}`
  switch (state) {
    case 'released':
      return undefined
    case 'held':
      return [
        {
          obstacle: 'held' as const,
          says: releasedAt === undefined ? `${held}, before its release.` : `${held}: no mail goes out.`,
          todo: `To resume it and its mails: release resume ${session}`,
        },
      ]
    case 'planned':
      return [
        {
          obstacle: 'not-released' as const,
          says: 'It is not released, and nobody has approved it. Mails begin with the release.',
          todo:
            manifest === voidManifest
              ? 'The counted results have changed since: plan it again, then have another person approve it.'
              : `Somebody other than the planner: release approve ${session}`,
        },
      ]
    case 'approved':
      return [
        {
          obstacle: 'not-released' as const,
          says: `It is to be released at ${toIso(releaseAt)}. Mails begin then.`,
        },
      ]
    case 'cancelled':
      return [{ obstacle: 'cancelled' as const, says: 'It is cancelled: nobody is mailed.' }]
  }
}

const ofPlan = ({ plan, isPlanned, correctionId, release }: MailFacts): readonly MailObstacle[] => {
  if (isPlanned) return []
  if (correctionId !== undefined && plan === undefined)
    return [
      {
        obstacle: 'not-planned',
        says: 'No mails are planned for a correction with this id: it has not happened yet, mails nobody, or does not exist.',
        todo: `For the newest correction and its id: release status ${release.session}`,
      },
    ]
  return [
    {
      obstacle: 'not-planned',
      says: 'Recipients are being looked up, which takes seconds, or a minute for very many.',
      todo: 'If it takes longer: dead-letters list',
    },
  ]
}

const ofBreaker = ({ isStopped, release, correctionId }: MailFacts): readonly MailObstacle[] => {
  const which = correctionId === undefined ? '' : ` --correction=${correctionId}`
  if (!isStopped) return []
  return [
    {
      obstacle: 'breaker',
      says: 'The service has stopped these mails, since too many bounced or were reported as spam.',
      todo: `Find out why (docs/operations/alarms/mails-stopped.md), then: release resume-mails ${release.session}${which}`,
    },
  ]
}

const ofWait = ({ plan, now }: MailFacts): readonly MailObstacle[] => {
  const { wait } = plan ?? {}
  if (!wait || wait.until <= now) return []
  const { says, todo } = sentences[wait.reason]
  return [
    {
      obstacle: wait.reason,
      says: `At ${toIso(wait.since)} mails were deferred: ${says} They are tried again by ${toIso(wait.until)}.`,
      todo,
    },
  ]
}

const sentences: Readonly<Record<MailDeferral['reason'], { readonly says: string; readonly todo: string }>> = {
  'daily-quota': {
    says: 'The daily SES quota of this account is used up.',
    todo: 'Nothing has to be done: the quota recovers 24 hours after each mail. For next time, request a higher one from AWS.',
  },
  'service-unavailable': {
    says: 'SES does not send for this account or its configuration set.',
    todo: 'Check aws sesv2 get-account (is sending enabled, is the account under review?) and whether the configuration set has been disabled (docs/operations/alarms/mail-reputation.md).',
  },
  'call-refused': {
    says: 'SES refuses every call, whatever mail is in it.',
    todo: 'The log of mail/send-result-emails says why; usually a template or the sender is missing in SES. After some five hours the mails are recorded as failed, by ID.',
  },
}

const ofAlarms = ({ alarms }: MailFacts): readonly MailObstacle[] =>
  alarms.length === 0
    ? []
    : [
        {
          obstacle: 'alarm',
          says: `Mails are sent at a quarter of the rate while log-ins are slow or failing; these alarms are on: ${alarms.join(', ')}.`,
          todo: 'Handle the alarm (docs/operations/alarms); the full rate returns when it ends.',
        },
      ]
