import type { EpochMilliseconds } from '../domain/time.ts'

/** Inspects the stage's resources as they are now. Every method rejects if AWS does not answer. */
export interface StageInspector {
  mailAccount(): Promise<{
    /** False while the account is in SES's sandbox, which mails verified addresses alone. */
    readonly isOutOfSandbox: boolean
    readonly maySend: boolean
    /** Mails a second. */
    readonly rate: number
    readonly leftToday: number
  }>
  /** Whether the release's own schedule for this instant is there. */
  hasSchedule(releaseId: string, at: EpochMilliseconds): Promise<boolean>
  /** Whether the sweep is there and enabled. */
  isSweepOn(): Promise<boolean>
  /** Tables that are not ready for calls, or whose throughput is still being warmed, by name; `warm` where that is known. */
  tables(): Promise<{ readonly names: readonly string[]; readonly notReady: readonly string[] }>
  /** Messages in the dead-letter queues, by queue; empty queues are absent. */
  deadLetters(): Promise<readonly { readonly queue: string; readonly messages: number }[]>
  alarms(): Promise<{ readonly count: number; readonly firing: readonly string[] }>
}
