import type { PlanLaneMessage, SendWaveMessage } from '../contracts/messages.ts'
import type { EmailBatch } from '../domain/email-batch.ts'
import type { EpochMilliseconds } from '../domain/time.ts'

/** The plan of a release's mails; fixes the number of lanes. */
export interface EmailPlan {
  readonly releaseId: string
  readonly session: string
  readonly lanes: number
  readonly begunAt: EpochMilliseconds
  /** The last time that a sender had to defer its mails; it may be long over. */
  readonly wait?: MailDeferral
}

/** Why a sender deferred mails, for a reason that only time or a person can remove. */
export interface MailDeferral {
  readonly reason: 'daily-quota' | 'service-unavailable' | 'call-refused'
  readonly since: EpochMilliseconds
  /** They are retried automatically by then. */
  readonly until: EpochMilliseconds
}

/** Where senders record why they deferred mails, for the report. */
export interface MailDeferrals {
  /** The newest one counts. Does nothing for mails that were never planned. */
  note(releaseId: string, wait: MailDeferral): Promise<void>
}

/** Progress of planning one lane. */
export interface PlanProgress {
  /** Which of the lane's shards is being read, counted from 0. */
  readonly shardIndex: number
  /** The last ID of it that was looked at; empty at its start, and once all is done, as nobody's ID is kept without need. */
  readonly cursor: string
  /** Waves written so far. */
  readonly waves: number
  /** Mails planned so far. */
  readonly planned: number
  /** Who is to be told and is in no batch yet, by language: batches are filled before they are written. */
  readonly left: Readonly<Record<string, readonly string[]>>
  readonly isDone: boolean
}

/** The mails that a release is to bring. */
export interface ResultEmailPlans {
  /** Begins the plan, or answers the one that was begun before. */
  begin(plan: EmailPlan): Promise<EmailPlan>
  /** Of one lane, by its scope. Strongly consistent; undefined before the first step. */
  progress(scope: string): Promise<PlanProgress | undefined>
  /**
   * Writes a step's batches and the progress they make, all or nothing; `moved` if the progress is not what `from`
   * says. So every candidate is planned exactly once, whoever plans, however often (G4).
   */
  record(
    scope: string,
    step: {
      readonly from: PlanProgress | undefined
      readonly to: PlanProgress
      readonly batches: readonly EmailBatch[]
    },
  ): Promise<'recorded' | 'moved'>
}

/** Hands work on; each message arrives at least once. */
export interface ResultEmailQueues {
  planLanes(messages: readonly PlanLaneMessage[]): Promise<void>
  /** Not before so many seconds have passed, 900 at most. */
  sendWaves(messages: readonly SendWaveMessage[], delaySeconds?: number): Promise<void>
}
