import type { SessionSummary } from '../domain/release-preview.ts'

/** What plans have found of sessions, one each, the newest. */
export interface SessionSummaries {
  keep(summary: SessionSummary): Promise<void>
  find(session: string): Promise<SessionSummary | undefined>
  /** Of all sessions of an exam. */
  ofExam(exam: string): Promise<readonly Pick<SessionSummary, 'session' | 'releaseId' | 'distribution'>[]>
}
