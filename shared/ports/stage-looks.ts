import type { EpochMilliseconds } from '../domain/time.ts'

/** What the stage is made of, looked at as it is now. Every look rejects where nothing answers. */
export interface StageLooks {
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
  /** Messages that lie among the dead letters, by queue; queues without any are absent. */
  deadLetters(): Promise<readonly { readonly queue: string; readonly messages: number }[]>
  alarms(): Promise<{ readonly count: number; readonly firing: readonly string[] }>
}
