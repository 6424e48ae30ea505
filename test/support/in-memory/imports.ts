import type { AuditEntry } from '../../../shared/domain/audit.ts'
import type { ImportRecord } from '../../../shared/domain/import.ts'
import type { ImportLease, Imports, ImportsUnderWay } from '../../../shared/ports/imports.ts'

interface LeaseRow {
  readonly holder: string
  readonly attempt: string
  readonly expiresAt: number
  readonly isApplying: boolean
  readonly fencingToken: number
}

/**
 * Imports and leases in maps; each method changes them in one go. The broken variant forgets that the holder of a lease
 * has begun to write, and lets it lapse like any lock.
 */
export const inMemoryImports = ({ remembersWriting = true } = {}) => {
  const rows = new Map<string, ImportRecord>()
  const leases = new Map<string, LeaseRow>()
  const dataKeys = new Map<string, Uint8Array>()
  const audit: AuditEntry[] = []
  const mine = (lease: ImportLease) => {
    const row = leases.get(lease.kind)
    return row?.attempt === lease.attempt ? row : undefined
  }
  const change = (importId: string, by: Partial<ImportRecord>) => {
    const row = rows.get(importId)
    if (row) rows.set(importId, { ...row, ...by })
  }
  return {
    rows,
    audit,
    dataKeys,
    async create(record, entry) {
      if (rows.has(record.importId)) throw new Error('an import with this id is there already')
      rows.set(record.importId, record)
      audit.push(entry)
    },
    async find(importId) {
      return rows.get(importId)
    },
    async acquireLease(lease, now) {
      const row = leases.get(lease.kind)
      const isFree =
        !row ||
        row.attempt === lease.attempt ||
        (row.expiresAt <= now && (!row.isApplying || row.holder === lease.importId))
      if (!isFree) return undefined
      const isApplying = row?.isApplying ?? false
      const fencingToken = (row?.fencingToken ?? 0) + 1
      leases.set(lease.kind, {
        holder: lease.importId,
        attempt: lease.attempt,
        expiresAt: lease.until,
        isApplying,
        fencingToken,
      })
      return { ...lease, fencingToken }
    },
    async findAbandoned(kind, now) {
      const row = leases.get(kind)
      return row?.isApplying && row.expiresAt <= now ? row.holder : undefined
    },
    async noteProgress({ importId }, progress) {
      const expected = progress.phase === 'applying' ? 'applying' : 'waiting'
      if (rows.get(importId)?.state !== expected) throw new Error('the import is in another phase')
      change(importId, { progress })
    },
    async changing(session) {
      const applying = [leases.get('entries'), leases.get('results')].flatMap((row) =>
        row?.isApplying ? [row.holder] : [],
      )
      return applying.flatMap((id) => rows.get(id) ?? []).filter(({ sessions }) => sessions?.includes(session))
    },
    async renewLease(lease) {
      const row = mine(lease)
      if (row) leases.set(lease.kind, { ...row, expiresAt: lease.until })
      return row ? 'renewed' : 'lost'
    },
    async releaseLease(lease) {
      const row = mine(lease)
      if (row) leases.set(lease.kind, { ...row, expiresAt: 0 })
    },
    async startApplying(lease, found) {
      const row = mine(lease)
      if (!row || rows.get(lease.importId)?.state !== 'waiting') throw new Error('not waiting, or the lease is lost')
      leases.set(lease.kind, { ...row, isApplying: remembersWriting })
      change(lease.importId, { ...found, state: 'applying', progress: { phase: 'applying', rows: 0, share: 0 } })
    },
    async keepDataKey(lease, encryptedKey) {
      if (rows.get(lease.importId)?.state !== 'applying') throw new Error('not applying')
      dataKeys.set(`${lease.importId}/${lease.attempt}`, encryptedKey)
    },
    async finish(lease, end) {
      const state = rows.get(lease.importId)?.state
      if (state === end.state) return
      const row = mine(lease)
      if (!row || (state !== 'waiting' && state !== 'applying')) throw new Error('ended by somebody else')
      change(lease.importId, end)
      leases.set(lease.kind, { ...row, isApplying: false, expiresAt: 0, attempt: '' })
    },
  } satisfies Imports & ImportsUnderWay & Record<string, unknown>
}
