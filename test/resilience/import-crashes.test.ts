import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { minute } from '../../shared/domain/time.ts'
import type { Imports } from '../../shared/ports/imports.ts'
import { importFixture } from '../support/import-files/import-fixture.ts'
import {
  deliverUntilDone,
  entriesFile,
  type ImportFixture,
  type Ports,
  resultsFile,
  wrapped,
} from '../support/import-files/runs.ts'
import { killAtCall } from '../support/kill-at-call.ts'
import { firstSeed } from '../support/simulation/seed.ts'
import { seededRandom } from '../support/simulation/seeded-random.ts'

/** An import that is killed before or after any of its calls is finally applied completely or not at all: G5, R62. */
interface Case {
  readonly kind: 'entries' | 'results'
  readonly content: string
  readonly rows: number
  readonly isSound: boolean
}

const files: readonly Case[] = [
  { kind: 'entries', content: entriesFile(250), rows: 250, isSound: true },
  { kind: 'results', content: resultsFile(120, 'B'), rows: 120, isSound: true },
  { kind: 'entries', content: `${entriesFile(210)}bad\n`, rows: 210, isSound: false },
]
/** The ports of an importer, as changed by a broken variant. */
type Break = (ports: Ports) => Ports
const asDeployed: Break = (ports) => ports

const stored = ({ entries, results }: ImportFixture) => entries.rows.size + results.rows.size

type Moment = 'before' | 'after'

/** Killed at a call, and the next delivery perhaps at another one; then redelivered until it completes. */
const killedTwice = async (file: Case, at: readonly (readonly [number, Moment])[], variant: Break) => {
  const here = importFixture()
  await here.start(file.kind, 'one')
  here.files.put('one', file.content)
  let firstLived = false
  for (const [attempt, [call, moment]] of at.entries()) {
    const { state, mortal } = killAtCall(call, moment)
    const doomed = variant(wrapped(here, mortal))
    await here.importers[file.kind](doomed)({ importId: 'one' }).catch(() => undefined)
    if (attempt === 0) firstLived = !state.isDead
    const { state: reached } = here.imports.rows.get('one') ?? {}
    if (reached === 'waiting' && stored(here) > 0)
      throw new Error('rows are stored, and nobody has said that they will be')
    here.clock.advance(2 * minute)
  }
  await deliverUntilDone(here, file.kind, 'one')
  check(here, file)
  return firstLived
}

const check = (here: ImportFixture, { content, rows, isSound }: Case) => {
  const record = here.imports.rows.get('one')
  const report = here.files.reportOf('one')
  const expected = isSound ? 'applied' : 'refused'
  if (record?.state !== expected || report?.state !== expected)
    throw new Error(`${record?.state}, told ${report?.state}`)
  if (stored(here) !== (isSound ? rows : 0)) throw new Error(`${stored(here)} of ${rows} rows are stored`)
  if (here.entries.counts.writes + here.results.counts.writes !== stored(here))
    throw new Error('a row was written twice')
  if (here.files.versionsOf('one').length > 0) throw new Error('the file is still there')
  if (!isSound) return
  const { totals, changes, accepted } = report
  const sha256 = createHash('sha256').update(content).digest('hex')
  const counted = Object.values(totals?.sessions ?? {}).reduce((sum, count) => sum + count, 0)
  const isRight = accepted === rows && totals?.rows === rows && totals.sha256 === sha256 && counted === rows
  if (!isRight || changes?.added !== rows) throw new Error(`the report is wrong: ${JSON.stringify(report)}`)
}

/** Kills before and after every call in turn, and randomly at a second one; returns the number of calls. */
const killedEverywhere = async (file: Case, seed: number, variant: Break = asDeployed) => {
  const random = seededRandom(seed)
  const secondKill = (call: number): [number, Moment][] =>
    random.chance(0.7) ? [[1 + random.below(call + 20), random.chance(0.5) ? 'before' : 'after']] : []
  for (let call = 1; ; call++) {
    try {
      const lived = await killedTwice(file, [[call, 'before'], ...secondKill(call)], variant)
      await killedTwice(file, [[call, 'after'], ...secondKill(call)], variant)
      if (lived) return call
    } catch (error) {
      throw new Error(`SEED=${seed} replays this, killed at call ${call}: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }
}

test.each(files)(
  'an import of $kind (valid: $isSound) that is killed at any of its calls is applied completely or not at all',
  async (file) => {
    for (let seed = firstSeed; seed < firstSeed + 2; seed++) {
      expect(await killedEverywhere(file, seed)).toBeGreaterThan(file.isSound ? file.rows : 10)
    }
  },
)

describe('broken variant: the same check notices an import that', () => {
  const [sound] = files as [Case]
  const imports = (ports: Ports, changed: Partial<Imports>): Ports => ({
    ...ports,
    imports: { ...ports.imports, ...changed },
  })

  test.each<[string, Break]>([
    [
      'is told as applied before its last page is written',
      (ports) =>
        imports(ports, {
          startApplying: async (lease, found) => {
            await ports.imports.startApplying(lease, found)
            await ports.imports.finish(lease, { ...found, state: 'applied', accepted: found.rows })
          },
          keepDataKey: async () => undefined,
          noteProgress: async () => undefined,
        }),
    ],
    [
      'notes rows as stored that are still on their way',
      (ports) =>
        imports(ports, {
          startApplying: async (lease, found) => {
            await ports.imports.startApplying(lease, found)
            await ports.imports.noteProgress(lease, { phase: 'applying', rows: 100, share: 0.4 })
          },
        }),
    ],
    [
      'removes its file before it has ended',
      (ports) =>
        imports(ports, {
          finish: async (lease, end) => {
            await ports.files.remove(lease, end.objectVersion)
            await ports.imports.finish(lease, end)
          },
        }),
    ],
    [
      'tells its end before its report is there',
      (ports) => ({
        ...ports,
        reports: { ...ports.reports, write: async () => undefined },
        imports: {
          ...ports.imports,
          finish: async (lease, end) => {
            await ports.imports.finish(lease, end)
            const { totals, changes } = (await ports.imports.find(lease.importId)) ?? {}
            const found = { ...(totals && { totals }), ...(changes && { changes }) }
            await ports.reports.write({ importId: lease.importId, ...end, errors: [], errorCount: 0, ...found })
          },
        },
      }),
    ],
  ])('%s', async (_, variant) => {
    await expect(killedEverywhere(sound, firstSeed, variant)).rejects.toThrow('replays this')
  })
})
