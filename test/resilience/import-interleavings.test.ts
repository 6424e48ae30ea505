import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { minute } from '../../shared/domain/time.ts'
import { importFixture } from '../support/import-files/import-fixture.ts'
import {
  deliverUntilDone,
  entriesFile,
  type ImportFixture,
  type Ports,
  resultsFile,
  wrapped,
} from '../support/import-files/runs.ts'
import { inMemoryImports } from '../support/in-memory/imports.ts'
import { runBeforeCall } from '../support/run-before-call.ts'

/** Two imports, or two attempts at one, meet at every call of the first; the result is as if each had run alone: G5. */
const files = {
  /** The second file has half of the same candidates, under another name, and some new ones. */
  entries: [entriesFile(130, { name: 'Ana' }), entriesFile(130, { first: 65, name: 'Anna' })],
  /** The second file corrects all rows of the first. */
  results: [resultsFile(130, 'B'), resultsFile(130, 'A')],
} as const
type Kind = keyof typeof files

const putBoth = async (here: ImportFixture, kind: Kind) => {
  for (const [index, importId] of ['first', 'second'].entries()) {
    await here.start(kind, importId)
    here.files.put(importId, files[kind][index] ?? '')
  }
}

/** The observable final state. */
const outcome = ({ entries, results, imports }: ImportFixture) => {
  const people = [...entries.rows.values()].map(
    ({ idNumber, givenName, secretHash }) => `${idNumber} ${givenName} ${secretHash}`,
  )
  const graded = [...results.rows.values()].map(
    ({ idNumber, version, payload }) => `${idNumber} ${version} ${payload.grade}`,
  )
  const told = ['first', 'second'].map((id) => `${id} ${imports.rows.get(id)?.state} ${imports.rows.get(id)?.accepted}`)
  return createHash('sha256')
    .update(JSON.stringify([people.toSorted(), graded.toSorted(), told]))
    .digest('base64url')
}

const oneAfterTheOther = async (kind: Kind, ...order: readonly string[]) => {
  const here = importFixture()
  await putBoth(here, kind)
  for (const importId of order) await deliverUntilDone(here, kind, importId)
  return outcome(here)
}

interface Meeting {
  /** How long the first attempt pauses while the other continues. */
  readonly stalls: number
  readonly other: (here: ImportFixture, kind: Kind) => Promise<unknown>
  readonly fixture?: () => ImportFixture
  readonly build?: (ports: Ports) => Ports
}

/** Interrupts the first import at each of its calls in turn; returns the final state of each run. */
const outcomes = async (
  { stalls, other, fixture = importFixture, build = (ports) => ports }: Meeting,
  kind: Kind = 'entries',
) => {
  const found: string[] = []
  for (let call = 1; ; call++) {
    const here = fixture()
    await putBoth(here, kind)
    const { state, watched } = runBeforeCall(call, async () => {
      here.clock.advance(stalls)
      await other(here, kind)
    })
    await here.importers[kind](build(wrapped(here, watched)))({ importId: 'first' }).catch(() => undefined)
    await deliverUntilDone(here, kind, 'first')
    await deliverUntilDone(here, kind, 'second')
    if (!state.hasHappened) return found
    found.push(outcome(here))
  }
}

const deliver = (here: ImportFixture, kind: Kind, importId: string) =>
  here.importers[kind](here.ports)({ importId }).catch(() => undefined)

const meetings: Readonly<Record<string, Meeting>> = {
  'another file that comes meanwhile': { stalls: 0, other: (here, kind) => deliver(here, kind, 'second') },
  'another file, while the first attempt is thought dead': {
    stalls: 2 * minute,
    other: (here, kind) => deliver(here, kind, 'second'),
  },
  'a second delivery of the same file': { stalls: 0, other: (here, kind) => deliver(here, kind, 'first') },
  'a second delivery of the same file, while the first is thought dead': {
    stalls: 2 * minute,
    other: (here, kind) => deliver(here, kind, 'first'),
  },
  'a second delivery and then another file, while the first is thought dead': {
    stalls: 2 * minute,
    async other(here, kind) {
      await deliverUntilDone(here, kind, 'first')
      await deliverUntilDone(here, kind, 'second')
    },
  },
}

const inEitherOrder = async (kind: Kind = 'entries') =>
  new Set([await oneAfterTheOther(kind, 'first', 'second'), await oneAfterTheOther(kind, 'second', 'first')])

describe('an import has the same result as alone, whenever it meets', () => {
  const cases = Object.keys(meetings).flatMap((name) => [[name, 'entries'] as const, [name, 'results'] as const])
  test.each(cases)('%s (%s)', async (name, kind) => {
    const allowed = await inEitherOrder(kind)
    expect(allowed.size).toBe(2)
    const found = await outcomes(meetings[name] as Meeting, kind)
    expect(found.length).toBeGreaterThan(130)
    expect(found.filter((one) => !allowed.has(one))).toEqual([])
  })
})

describe('broken variant: the same check notices', () => {
  const thenAnother = meetings['a second delivery and then another file, while the first is thought dead'] as Meeting

  test('unconditional writes, as with BatchWriteItem', async () => {
    const build = (ports: Ports): Ports => ({
      ...ports,
      entries: {
        ...ports.entries,
        async addAll(entries) {
          await ports.entries.find([])
          for (const entry of entries) overwrite.entries.rows.set(entry.idNumber, entry)
          return new Set()
        },
      },
    })
    let overwrite = importFixture()
    const fixture = () => {
      overwrite = importFixture()
      return overwrite
    }
    const allowed = await inEitherOrder()
    const found = await outcomes({ ...thenAnother, fixture, build })
    expect(found.some((one) => !allowed.has(one))).toBe(true)
  })

  test('an attempt thought dead that does not look whether a later lease has been there', async () => {
    const build = (ports: Ports): Ports => ({
      ...ports,
      entries: {
        ...ports.entries,
        find: async (ids) =>
          new Map([...(await ports.entries.find(ids))].map(([id, row]) => [id, { ...row, fencingToken: 0 }])),
        async correct({ idNumber }, entry) {
          const now = (await ports.entries.find([idNumber])).get(idNumber)
          return now ? ports.entries.correct(now, entry) : 'changed'
        },
      },
    })
    const allowed = await inEitherOrder()
    const found = await outcomes({ ...thenAnother, build })
    expect(found.some((one) => !allowed.has(one))).toBe(true)
  })

  test('a lease that expires like any other while rows are written', async () => {
    const fixture = () => {
      const here = importFixture()
      const imports = inMemoryImports({ remembersWriting: false })
      return { ...here, imports, ports: { ...here.ports, imports } } as unknown as ImportFixture
    }
    const meeting = meetings['another file, while the first attempt is thought dead'] as Meeting
    const allowed = await inEitherOrder()
    const found = await outcomes({ ...meeting, fixture }).catch((error: Error) => [error.message])
    expect(found.some((one) => !allowed.has(one))).toBe(true)
  })
})
