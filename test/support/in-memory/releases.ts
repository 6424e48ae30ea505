import type { DomainEvent } from '../../../shared/contracts/events.ts'
import type { AuditEntry } from '../../../shared/domain/audit.ts'
import { voidManifest } from '../../../shared/domain/manifest.ts'
import type { Opening, PlannedRelease } from '../../../shared/domain/release.ts'
import { correctionTransitions, mayTake, releaseTransitions } from '../../../shared/domain/release-transitions.ts'
import type { EpochMilliseconds } from '../../../shared/domain/time.ts'
import type {
  CorrectionOpenings,
  ReleaseApprovals,
  ReleasePlans,
  ReleaseSteps,
  Releases,
  SessionOpenings,
} from '../../../shared/ports/releases.ts'

/** Releases and openings in maps, with the events and audit lines written with them; each method is one write. */
export const inMemoryReleases = (
  transitions: typeof releaseTransitions | typeof correctionTransitions = releaseTransitions,
  { events, audit }: { readonly events: DomainEvent[]; readonly audit: AuditEntry[] } = { events: [], audit: [] },
) => {
  const rows = new Map<string, PlannedRelease>()
  const openings = new Map<string, Opening>()
  const tell = (event: DomainEvent, entry: AuditEntry) => {
    events.push(event)
    audit.push(entry)
  }
  const releases: Releases & ReleasePlans & ReleaseApprovals & ReleaseSteps & SessionOpenings = {
    async find(session) {
      return rows.get(session)
    },
    async approvedUntil(instant: EpochMilliseconds) {
      return [...rows.values()].filter(({ state, releaseAt }) => state === 'approved' && releaseAt <= instant)
    },
    async voidPlan(session, releaseId) {
      const row = rows.get(session)
      if (!row || !mayTake('void', row)) return 'nothing-to-void'
      if (releaseId !== undefined && releaseId !== row.releaseId) return 'nothing-to-void'
      const { approvedBy: _, sealedByShard: __, ...plan } = row
      rows.set(session, { ...plan, state: 'planned', manifest: voidManifest })
      return 'voided'
    },
    async recordSealed({ session, releaseId }, shard, count) {
      const row = rows.get(session)
      if (row?.state !== 'approved' || row.releaseId !== releaseId) return 'lost'
      rows.set(session, { ...row, sealedByShard: { ...row.sealedByShard, [shard]: count } })
      return 'recorded'
    },
    async plan(release, entry) {
      if (!mayTake('plan', rows.get(release.session), transitions)) return 'refused'
      rows.set(release.session, release)
      audit.push(entry)
      return 'planned'
    },
    async approve({ session, releaseId, manifest, approvedBy }, event, entry) {
      const row = rows.get(session)
      const isAsSeen = row?.releaseId === releaseId && row.manifest === manifest
      if (!row || !isAsSeen || !mayTake('approve', row)) return 'changed'
      rows.set(session, { ...row, state: 'approved', approvedBy, sealedByShard: {} })
      tell(event, entry)
      return 'approved'
    },
    async open(opening, { manifest }, event, entry) {
      const row = rows.get(opening.session)
      const isAsSeen = row?.releaseId === opening.releaseId && row.manifest === manifest
      if (!row || !isAsSeen || !mayTake('open', row)) return 'refused'
      openings.set(opening.session, { ...opening, corrections: {} })
      rows.set(opening.session, { ...row, state: 'released', releasedAt: opening.releasedAt })
      tell(event, entry)
      return 'opened'
    },
    async take(step, { session, releaseId }, lastStep, entry, told = []) {
      const row = rows.get(session)
      if (row?.releaseId !== releaseId || !mayTake(step, row)) return 'refused'
      rows.set(session, { ...row, state: releaseTransitions[step].to, lastStep })
      audit.push(entry)
      events.push(...told)
      return 'taken'
    },
  }
  return {
    rows,
    events,
    audit,
    ...releases,
    openings: { rows: openings, find: async (session: string) => openings.get(session) },
  }
}

/** Corrections of these releases: they use the same openings, events and audit lines. */
export const inMemoryCorrections = (released: ReturnType<typeof inMemoryReleases>) => {
  const corrections = inMemoryReleases(correctionTransitions, released)
  const correctionOpenings: CorrectionOpenings = {
    async open({ session, releaseId, manifest, correction }, correctedAt, event, entry) {
      const row = corrections.rows.get(session)
      const opening = released.openings.rows.get(session)
      const isAsSeen = row?.releaseId === releaseId && row.manifest === manifest
      if (!row || !isAsSeen || !mayTake('open', row) || opening?.releaseId !== correction.corrects) return 'refused'
      const { notify } = correction
      released.openings.rows.set(session, {
        ...opening,
        corrections: { ...opening.corrections, [releaseId]: { correctedAt, notify } },
      })
      corrections.rows.set(session, { ...row, state: 'released', releasedAt: correctedAt })
      released.events.push(event)
      released.audit.push(entry)
      return 'opened'
    },
  }
  return { ...corrections, correctionOpenings }
}
