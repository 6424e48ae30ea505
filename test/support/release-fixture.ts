import { approveRelease } from '../../functions/release/approve-release/approve-release.ts'
import { cancelRelease } from '../../functions/release/cancel-release/cancel-release.ts'
import { holdRelease } from '../../functions/release/hold-release/hold-release.ts'
import { planRelease } from '../../functions/release/plan-release/plan-release.ts'
import { releaseSession, sweepReleases } from '../../functions/release/release-results/release-results.ts'
import { resumeRelease } from '../../functions/release/resume-release/resume-release.ts'
import { sealCorrection, sealResults } from '../../functions/release/seal-results/seal-results.ts'
import { sha256 } from '../../shared/adapters/node/digests.ts'
import { zonesOfCountry } from '../../shared/adapters/node/time-zones.ts'
import { visibleVersion } from '../../shared/domain/embargo.ts'
import type { Language } from '../../shared/domain/language.ts'
import type { ResultState } from '../../shared/domain/result.ts'
import { resultDigestText } from '../../shared/domain/result-digest.ts'
import { visibleResult } from '../../shared/domain/result-status.ts'
import type { EpochMilliseconds } from '../../shared/domain/time.ts'
import { currentMailTemplates } from '../../shared/emails/mail-templates.ts'
import type { ImportsUnderWay } from '../../shared/ports/imports.ts'
import { manualClock } from './clock.ts'
import { inMemoryCorrections, inMemoryReleases } from './in-memory/releases.ts'
import { inMemoryResults } from './in-memory/results.ts'
import { inMemorySessionDetails, inMemorySessionSummaries } from './in-memory/session-details.ts'
import { inMemorySessionMembers } from './in-memory/session-members.ts'

export const session = '2026-11-b2-first-digital'
export const releaseAt = '2026-12-01T09:00:00.000Z'
export const instant = Date.parse(releaseAt) as EpochMilliseconds

/** Everything that a release involves, in memory. */
export const releaseFixture = () => {
  const clock = manualClock()
  const results = inMemoryResults()
  const releases = inMemoryReleases()
  const corrections = inMemoryCorrections(releases)
  const members = inMemorySessionMembers()
  const details = inMemorySessionDetails(members, results)
  const summaries = inMemorySessionSummaries()
  const schedules: { releaseId: string; at: EpochMilliseconds }[] = []
  let ids = 0
  const ports = {
    clock,
    results,
    releases,
    entries: members.sessionEntries,
    accounts: members.sessionAccounts,
    details,
    summaries,
    zonesOf: zonesOfCountry,
    importsUnderWay: { changing: async (): ReturnType<ImportsUnderWay['changing']> => [] },
    plans: releases,
    approvals: releases,
    openings: { ...releases.openings, open: releases.open },
    steps: releases,
    corrections,
    correctionPlans: corrections,
    correctionApprovals: corrections,
    correctionSteps: corrections,
    correctionOpenings: corrections.correctionOpenings,
    schedules: {
      async schedule({ releaseId }: { releaseId: string }, at: EpochMilliseconds) {
        schedules.push({ releaseId, at })
      },
    },
    templates: currentMailTemplates(sha256),
    newDigest: sha256,
    newId: () => `id-${++ids}`,
    pause: () => new Promise<void>((resolve) => setImmediate(resolve)),
  }

  const addResult = async (
    idNumber: string,
    changes: { grade?: string; state?: ResultState; version?: number } = {},
  ) => {
    const { grade = 'B', state = 'final', version = 1 } = changes
    const row = { idNumber, session, state, payload: { grade, skills: [] } }
    const digest = sha256()
    digest.add(resultDigestText(row))
    await results.add({ ...row, version, digest: digest.hex() })
  }

  /** Entries with their results; every candidate has an account and wants mail unless said otherwise. */
  const load = async (
    count: number,
    of: (index: number) => { emailOptIn?: boolean; language?: Language; state?: ResultState } = () => ({}),
  ) => {
    for (let index = 0; index < count; index++) {
      const idNumber = `ID${String(index).padStart(6, '0')}`
      const { emailOptIn = true, language = 'en', state = 'final' } = of(index)
      members.entries.push({ session, idNumber })
      members.accounts.push({ session, idNumber, emailOptIn, language })
      await addResult(idNumber, { state })
    }
  }

  const planCorrection = async (notify = true, by = 'olga', at?: string) => {
    const planned = await planRelease(ports)({ session, notify, by, ...(at !== undefined && { releaseAt: at }) })
    if (planned.outcome !== 'planned' || !planned.correction) throw new Error(planned.outcome)
    return planned.correction
  }
  const plan = async (by = 'olga', at = releaseAt) => {
    const planned = await planRelease(ports)({ session, releaseAt: at, by })
    if (planned.outcome !== 'planned') throw new Error(planned.outcome)
    return planned.release
  }
  const approve = async (manifest: string, by = 'peter') => approveRelease(ports)({ session, manifest, by })
  const seal = async (releaseId: string) => sealResults(ports)({ session, releaseId })

  return {
    clock,
    ports,
    results,
    releases,
    corrections,
    members,
    details,
    summaries,
    schedules,
    addResult,
    load,
    plan,
    planCorrection,
    approve,
    seal,
    /** Planned, approved and sealed. */
    async prepare() {
      const { releaseId, manifest } = await plan()
      const approved = await approve(manifest)
      if (approved.outcome !== 'approved') throw new Error(approved.outcome)
      await seal(releaseId)
      return releaseId
    },
    hold: (by = 'olga') => holdRelease(ports)({ session, by }),
    resume: (by = 'olga') => resumeRelease(ports)({ session, by }),
    cancel: (by = 'olga') => cancelRelease(ports)({ session, by }),
    sealCorrection: (correctionId: string) => sealCorrection(ports)({ session, correctionId }),
    /** Planned, approved, sealed and open. */
    async correct(notify = true) {
      const { releaseId: correctionId, manifest } = await planCorrection(notify)
      const approved = await approve(manifest)
      if (approved.outcome !== 'approved') throw new Error(approved.outcome)
      await sealCorrection(ports)({ session, correctionId })
      await releaseSession(ports)({ session, releaseId: correctionId })
      return correctionId
    },
    /** What the API currently shows to a candidate. */
    standing: (idNumber: string) =>
      visibleResult(results.versionsOf(idNumber), {
        release: releases.rows.get(session),
        opening: releases.openings.rows.get(session),
        now: clock.now(),
      }),
    fire: (releaseId: string) => releaseSession(ports)({ session, releaseId }),
    sweep: () => sweepReleases(ports)(),
    /** The result that is currently visible to a candidate. */
    visible: (idNumber: string) =>
      visibleVersion(results.versionsOf(idNumber), {
        release: releases.rows.get(session),
        opening: releases.openings.rows.get(session),
        now: clock.now(),
      }),
    told: () => releases.events.filter(({ type }) => type === 'results-released'),
  }
}
