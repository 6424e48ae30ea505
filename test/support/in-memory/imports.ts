import type { AuditEntry } from '../../../shared/domain/audit.ts'
import type { ImportRecord } from '../../../shared/domain/import.ts'
import type { Imports, ImportsUnderWay, Turn } from '../../../shared/ports/imports.ts'

interface TurnRow {
  readonly holder: string
  readonly attempt: string
  readonly lapsesAt: number
  readonly isApplying: boolean
  readonly number: number
}

/**
 * Imports and turns in maps; each method changes them in one go. The broken variant forgets that the holder of a turn
 * has begun to write, and lets it lapse like any lock.
 */
export const inMemoryImports = ({ remembersWriting = true } = {}) => {
  const rows = new Map<string, ImportRecord>()
  const turns = new Map<string, TurnRow>()
  const dataKeys = new Map<string, Uint8Array>()
  const audit: AuditEntry[] = []
  const mine = (turn: Turn) => {
    const row = turns.get(turn.kind)
    return row?.attempt === turn.attempt ? row : undefined
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
    async takeTurn(turn, now) {
      const row = turns.get(turn.kind)
      const isFree =
        !row ||
        row.attempt === turn.attempt ||
        (row.lapsesAt <= now && (!row.isApplying || row.holder === turn.importId))
      if (!isFree) return undefined
      const isApplying = row?.isApplying ?? false
      const number = (row?.number ?? 0) + 1
      turns.set(turn.kind, { holder: turn.importId, attempt: turn.attempt, lapsesAt: turn.until, isApplying, number })
      return { ...turn, number }
    },
    async findAbandoned(kind, now) {
      const row = turns.get(kind)
      return row?.isApplying && row.lapsesAt <= now ? row.holder : undefined
    },
    async noteProgress({ importId }, progress) {
      const expected = progress.phase === 'applying' ? 'applying' : 'waiting'
      if (rows.get(importId)?.state !== expected) throw new Error('the import is in another phase')
      change(importId, { progress })
    },
    async changing(session) {
      const applying = [turns.get('entries'), turns.get('results')].flatMap((row) =>
        row?.isApplying ? [row.holder] : [],
      )
      return applying.flatMap((id) => rows.get(id) ?? []).filter(({ sessions }) => sessions?.includes(session))
    },
    async keepTurn(turn) {
      const row = mine(turn)
      if (row) turns.set(turn.kind, { ...row, lapsesAt: turn.until })
      return row ? 'kept' : 'lost'
    },
    async giveUpTurn(turn) {
      const row = mine(turn)
      if (row) turns.set(turn.kind, { ...row, lapsesAt: 0 })
    },
    async startApplying(turn, found) {
      const row = mine(turn)
      if (!row || rows.get(turn.importId)?.state !== 'waiting') throw new Error('not waiting, or the turn is lost')
      turns.set(turn.kind, { ...row, isApplying: remembersWriting })
      change(turn.importId, { ...found, state: 'applying', progress: { phase: 'applying', rows: 0, share: 0 } })
    },
    async keepDataKey(turn, encryptedKey) {
      if (rows.get(turn.importId)?.state !== 'applying') throw new Error('not applying')
      dataKeys.set(`${turn.importId}/${turn.attempt}`, encryptedKey)
    },
    async finish(turn, end) {
      const state = rows.get(turn.importId)?.state
      if (state === end.state) return
      const row = mine(turn)
      if (!row || (state !== 'waiting' && state !== 'applying')) throw new Error('ended by somebody else')
      change(turn.importId, end)
      turns.set(turn.kind, { ...row, isApplying: false, lapsesAt: 0, attempt: '' })
    },
  } satisfies Imports & ImportsUnderWay & Record<string, unknown>
}
