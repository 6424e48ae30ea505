import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { importEntries } from '../../../functions/imports/import-entries/import-entries.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { hmacKeyedHash } from '../../../shared/adapters/node/keyed-hash.ts'
import { day, minute } from '../../../shared/domain/time.ts'
import { ImportBusy } from '../../../shared/protocols/import-file.ts'
import { manualClock } from '../../support/clock.ts'
import { inMemoryImportFiles } from '../../support/in-memory/import-files.ts'
import { inMemoryImportQueue } from '../../support/in-memory/import-queue.ts'
import { inMemoryImportedEntries } from '../../support/in-memory/imported-entries.ts'
import { inMemoryImports } from '../../support/in-memory/imports.ts'
import { killAtCall } from '../../support/kill-at-call.ts'
import { entriesRowByRow } from '../../support/row-by-row.ts'

const header = 'id_number,secret_number,given_name,family_name,exam,date_taken,mode,centre_number,session'
const session = '2026-11-b2-first-digital'

interface Row {
  id?: string
  secret?: string
  given?: string
  family?: string
  exam?: string
  date?: string
  mode?: string
  centre?: string
  session?: string
}
const row = (values: Row = {}) =>
  [
    values.id ?? 'ABC123',
    values.secret ?? 'S3CRET',
    values.given ?? 'Ana',
    values.family ?? 'Łukasz-Ñandú',
    values.exam ?? 'b2-first',
    values.date ?? '2026-11-14',
    values.mode ?? 'digital',
    values.centre ?? 'ES042',
    values.session ?? session,
  ].join(',')
const file = (...rows: string[]) => `${[header, ...rows].join('\n')}\n`
const many = (count: number, values: (index: number) => Row = () => ({})) =>
  file(
    ...Array.from({ length: count }, (_, index) =>
      row({ id: `ID${String(index).padStart(6, '0')}`, ...values(index) }),
    ),
  )

const fixture = (imports = inMemoryImports()) => {
  const clock = manualClock()
  const files = inMemoryImportFiles()
  const entries = inMemoryImportedEntries()
  const queue = inMemoryImportQueue()
  let ids = 0
  const ports = {
    imports,
    files,
    reports: files,
    entries,
    queue,
    newDigest: sha256,
    keyedHash: hmacKeyedHash(async () => 'key'),
    newSeal: async () => ({
      encryptedKey: new Uint8Array([1]),
      seal: (idNumber: string, secretNumber: string) => `sealed:${idNumber}:${secretNumber.length}`,
    }),
    clock,
    pause: async (milliseconds: number) => clock.advance(milliseconds),
    newId: () => `attempt-${++ids}`,
  }
  const start = async (importId: string) =>
    imports.create(
      { importId, kind: 'entries', state: 'waiting', by: 'olga', fileName: 'x.csv', createdAt: clock.now() },
      {
        subject: `import/${importId}`,
        at: clock.now(),
        id: importId,
        by: 'olga',
        action: 'import-started',
        details: {},
      },
    )
  const put = async (importId: string, content: string | Uint8Array) => {
    await start(importId)
    files.put(importId, content)
    return importEntries(ports)({ importId })
  }
  return { clock, files, entries, queue, imports, ports, start, put }
}

let here: ReturnType<typeof fixture>
beforeEach(() => {
  here = fixture()
})
const errorsOf = (importId: string) =>
  here.files.reportOf(importId)?.errors.map(({ line, column, reason }) => `line ${line}: ${column}: ${reason}`)

describe('a valid file of entries (R62)', () => {
  test('is applied, each row with its Secret number as hash and ciphertext only (R40)', async () => {
    expect(await here.put('one', many(250))).toEqual({ outcome: 'applied', rows: 250, errorCount: 0 })
    expect(here.entries.rows.size).toBe(250)
    const stored = here.entries.rows.get('ID000007')
    expect(stored).toMatchObject({
      givenName: 'Ana',
      familyName: 'Łukasz-Ñandú',
      session,
      exam: 'b2-first',
      mode: 'digital',
    })
    expect(JSON.stringify(stored)).not.toContain('S3CRET')
    expect(here.imports.dataKeys.has(stored?.secretNumber.key ?? '')).toBe(true)
  })

  test('is deleted from the bucket afterwards, while its report stays', async () => {
    await here.put('one', many(3))
    expect(here.files.versionsOf('one')).toEqual([])
    expect(here.files.reportOf('one')).toEqual({
      importId: 'one',
      state: 'applied',
      rows: 3,
      accepted: 3,
      errors: [],
      errorCount: 0,
      changes: { added: 3, corrected: 0, unchanged: 0 },
      totals: {
        rows: 3,
        sha256: createHash('sha256').update(many(3)).digest('hex'),
        sessions: { [session]: 3 },
        exams: { 'b2-first': 3 },
      },
    })
    expect(here.imports.rows.get('one')).toMatchObject({ state: 'applied', rows: 3, accepted: 3 })
  })

  test('may have any column order, quotes, a byte order mark and CRLF line ends', async () => {
    const names = header.split(',').toReversed().join(',')
    const values = row({ id: ' abc 123', family: 'Last; "quoted" name' }).split(',').toReversed()
    const quoted = values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')
    await here.put('one', `\uFEFF${names}\r\n${quoted}\r\n`)
    expect(here.entries.rows.get('ABC123')).toMatchObject({ familyName: 'Last; "quoted" name', centreNumber: 'ES042' })
  })

  test('imported again writes nothing', async () => {
    await here.put('one', many(250))
    const { writes } = here.entries.counts
    expect(await here.put('two', many(250))).toMatchObject({ outcome: 'applied', rows: 250 })
    expect(here.entries.counts.writes).toBe(writes)
  })

  test('may correct a name or a centre of a known entry, and nothing else', async () => {
    await here.put('one', file(row()))
    const hash = here.entries.rows.get('ABC123')?.secretHash
    await here.put('two', file(row({ given: 'Anna', centre: 'ES043' })))
    expect(here.entries.rows.get('ABC123')).toMatchObject({
      givenName: 'Anna',
      centreNumber: 'ES043',
      secretHash: hash,
    })
  })

  test('has no further effect if delivered or uploaded again', async () => {
    await here.put('one', many(3))
    expect(await importEntries(here.ports)({ importId: 'one' })).toEqual({ outcome: 'already-ended' })
    const version = here.files.put('one', many(9))
    expect(await importEntries(here.ports)({ importId: 'one', version })).toEqual({ outcome: 'already-ended' })
    expect(here.entries.rows.size).toBe(3)
    expect(here.files.versionsOf('one')).toEqual([])
  })

  test('without a known import is ignored', async () => {
    here.files.put('stray', many(3))
    expect(await importEntries(here.ports)({ importId: 'stray' })).toEqual({ outcome: 'unknown-import' })
    expect(here.entries.rows.size).toBe(0)
  })
})

describe('a file with a bad row is refused completely, and the row reported with line, column and reason (R62):', () => {
  const bad: [string, string, string][] = [
    ['an ID that is too short', row({ id: 'AB1' }), 'line 3: id_number: not 6 to 12 letters and digits'],
    [
      'a Secret number with an accent',
      row({ secret: 'SÉCRET' }),
      'line 3: secret_number: not 4 to 12 letters and digits',
    ],
    ['an exam that is not in the catalogue (R56)', row({ exam: 'klingon' }), 'line 3: exam: not in the catalogue'],
    [
      'a date that does not exist',
      row({ date: '2026-02-30' }),
      'line 3: date_taken: not a date of the form YYYY-MM-DD',
    ],
    ['a mode that nobody knows', row({ mode: 'oral' }), 'line 3: mode: neither paper nor digital'],
    [
      'a mode in which the exam is not taken',
      row({ exam: 'delta-module-one', session: 's-2' }),
      'line 3: mode: this exam is not taken in this mode',
    ],
    [
      'no name at all',
      row({ given: ' ', family: '' }),
      'line 3: given_name: given name and family name are both empty',
    ],
    ['no centre', row({ centre: '' }), 'line 3: centre_number: not 1 to 20 letters, digits and hyphens'],
    ['a session in capitals', row({ session: 'S-2' }), 'line 3: session: not 1 to 48 of a-z, 0-9 and hyphens'],
    [
      'Flyers taken on 2020-08-31 (R57)',
      row({ exam: 'a2-flyers', date: '2020-08-31', session: 's-2' }),
      'line 3: date_taken: before 2020-09-01',
    ],
    [
      'a session with another exam',
      row({ exam: 'c1-advanced' }),
      'line 3: exam: differs from the other entries of this session',
    ],
    [
      'a session with another date',
      row({ date: '2026-11-15' }),
      'line 3: date_taken: differs from the other entries of this session',
    ],
    ['a field too few', row().slice(0, row().lastIndexOf(',')), 'line 3: row: 8 fields instead of 9'],
    ['a field too many', `${row()},`, 'line 3: row: 10 fields instead of 9'],
    ['a stray quote', row({ given: 'A"na' }), 'line 3: row: a quote stands inside'],
    ['an ID twice', row({ id: 'FIRST1' }), 'line 3: id_number: the ID number is in this file twice'],
  ]
  test.each(bad)('%s', async (_, line, told) => {
    const last = row({ id: 'LAST01' })
    expect(await here.put('one', file(row({ id: 'FIRST1' }), line, last))).toMatchObject({
      outcome: 'refused',
      rows: 3,
    })
    expect(errorsOf('one')).toEqual([expect.stringContaining(told)])
    expect(here.entries.rows.size).toBe(0)
    expect(here.imports.rows.get('one')).toMatchObject({ state: 'refused', accepted: 0 })
    expect(here.files.versionsOf('one')).toEqual([])
  })

  test('Flyers taken on 2020-09-01 are accepted (R57)', async () => {
    const welcome = row({ exam: 'a2-flyers', date: '2020-09-01' })
    expect(await here.put('one', file(welcome))).toMatchObject({ outcome: 'applied' })
  })

  test('invalid UTF-8, with its column', async () => {
    const text = Buffer.from(file(row({ id: 'FIRST1' }), row({ given: 'Zo@' })))
    text[text.indexOf('@')] = 0xeb
    await here.put('one', text)
    expect(errorsOf('one')).toEqual(['line 3: given_name: not UTF-8'])
  })

  test('all bad rows, and a row with two errors twice', async () => {
    await here.put('one', file(row({ id: 'x', exam: 'x' }), row(), row({ mode: 'x' })))
    expect(errorsOf('one')?.map((error) => error.split(':').slice(0, 2).join(':'))).toEqual([
      'line 2: id_number',
      'line 2: exam',
      'line 4: mode',
    ])
  })

  test('only the first thousand are listed; all are counted, and stored next to the report', async () => {
    expect(
      await here.put(
        'one',
        many(1_500, () => ({ exam: 'x' })),
      ),
    ).toMatchObject({ errorCount: 1_500 })
    expect(here.files.reportOf('one')).toMatchObject({ errorCount: 1_500, rows: 1_500 })
    expect(here.files.reportOf('one')?.errors).toHaveLength(1_000)
    const lines = here.files.errorsOf('one')?.trimEnd().split('\r\n') ?? []
    expect(lines).toHaveLength(1 + 1_500)
    expect([lines[0], lines[1_500]]).toEqual(['line,column,reason', '1501,exam,not in the catalogue'])
  })
})

test('beyond 100,000 bad rows the rest is only counted', async () => {
  await here.put(
    'one',
    many(100_007, () => ({ exam: 'x' })),
  )
  const lines = here.files.errorsOf('one')?.trimEnd().split('\r\n') ?? []
  expect(lines).toHaveLength(1 + 100_000 + 1)
  expect(lines.at(-1)).toBe(',,and 7 more')
})

test('a file with too many sessions is refused before it is read completely', async () => {
  await here.put(
    'one',
    many(3_000, (index) => ({ session: `s-${index}` })),
  )
  expect(errorsOf('one')).toEqual(['line 1101: file: more than 1000 sessions: split the file'])
})

describe('an invalid header is refused:', () => {
  test.each([
    ['an unknown column', `${header},colour\n`, 'line 1: colour: unknown column'],
    ['a column twice', `${header},exam\n`, 'line 1: exam: the column is there twice'],
    ['a column missing', `${header.replace(',mode', '')}\n`, 'line 1: mode: the column is missing'],
    ['no row', `${header}\n`, 'line 1: file: there are no rows'],
    ['nothing at all', '', 'line 1: file: the file is empty'],
  ])('%s', async (_, content, told) => {
    expect(await here.put('one', content)).toMatchObject({ outcome: 'refused', rows: 0 })
    expect(errorsOf('one')).toEqual([told])
  })

  test('the error for a file without header repeats no name or Secret number of its first row', async () => {
    await here.put('one', `${row({ id: 'TOPSECRETID', secret: 'hidden', given: 'Beatriz' })}\n`)
    const report = JSON.stringify(here.files.reportOf('one'))
    for (const value of ['TOPSECRETID', 'hidden', 'Beatriz']) expect(report).not.toContain(value)
  })
})

describe('a known ID', () => {
  beforeEach(async () => {
    await here.put('first', file(row()))
  })

  test.each([
    [
      'another Secret number',
      row({ secret: 'OTHER1' }),
      'line 2: secret_number: the ID number is known with another Secret number',
    ],
    ['another session', row({ session: 's-2' }), 'line 2: session: the ID number is known with another session'],
  ])('is not given %s (R62)', async (_, line, told) => {
    const before = here.entries.rows.get('ABC123')
    expect(await here.put('second', file(line))).toMatchObject({ outcome: 'refused' })
    expect(errorsOf('second')).toEqual([told])
    expect(here.entries.rows.get('ABC123')).toEqual(before)
  })

  test('fixes exam, date and mode for new files of its session', async () => {
    await here.put('second', file(row({ id: 'NEW001', mode: 'paper' })))
    expect(errorsOf('second')).toEqual(['line 2: mode: differs from the other entries of this session'])
  })

  test('is the same in lower case and with spaces (R20)', async () => {
    const same = row({ id: 'a b c 1 2 3', secret: ' s3c ret' })
    expect(await here.put('second', file(same))).toMatchObject({ outcome: 'applied' })
    expect(here.entries.counts.writes).toBe(1)
  })
})

describe('an import whose function is killed', () => {
  const content = many(230)

  const dying = (mortal: ReturnType<typeof killAtCall>['mortal'], entries: ReturnType<typeof fixture>['entries']) => {
    const doomed = mortal(entries)
    return { ...doomed, find: doomed.find, addAll: entriesRowByRow(doomed.addAll), correct: doomed.correct }
  }

  /** Kills at one call, then lets the lease expire and delivers the message again. */
  const killedAt = async (at: number, when: 'before' | 'after') => {
    const there = fixture()
    const { state, mortal } = killAtCall(at, when)
    await there.start('one')
    there.files.put('one', content)
    const { ports } = there
    const doomed = {
      ...ports,
      imports: mortal(ports.imports),
      files: mortal(ports.files),
      reports: mortal(ports.reports),
      queue: mortal(ports.queue),
      entries: dying(mortal, ports.entries),
    }
    const first = await importEntries(doomed)({ importId: 'one' }).catch((error: Error) => error.name)
    there.clock.advance(2 * minute)
    await importEntries(ports)({ importId: 'one' })
    return { there, first, isAlive: !state.isDead }
  }

  test('at any call is completed by the next delivery, and every row is written exactly once', async () => {
    let kills = 0
    // Each of the first and last calls, and now and then one of the many writes between them.
    for (let at = 1; ; at += at > 12 && at < 240 ? 13 : 1) {
      const { there, first, isAlive } = await killedAt(at, at % 2 === 0 ? 'before' : 'after')
      expect(there.imports.rows.get('one')).toMatchObject({ state: 'applied', rows: 230, accepted: 230 })
      expect(there.entries.rows.size).toBe(230)
      expect(there.entries.counts.writes).toBe(230)
      expect(there.files.versionsOf('one')).toEqual([])
      if (isAlive) break
      expect(first).toBe('Killed')
      kills++
    }
    expect(kills).toBeGreaterThan(30)
  })

  /** A first file is killed half way; a second one gives one of its IDs another Secret number. */
  const secondFileMeanwhile = async (imports: ReturnType<typeof inMemoryImports>) => {
    const there = fixture(imports)
    const { mortal } = killAtCall(120, 'after')
    await there.start('one')
    there.files.put('one', content)
    await importEntries({ ...there.ports, entries: dying(mortal, there.ports.entries) })({ importId: 'one' }).catch(
      () => undefined,
    )
    expect(there.entries.rows.size).toBeLessThan(230)
    there.clock.advance(2 * minute)
    const second = await there.put('two', file(row({ id: 'ID000229', secret: 'OTHER1' })))
    const resumed = await importEntries(there.ports)({ importId: 'one' }).catch((error: unknown) => error)
    return { second, resumed, there }
  }

  test('is completed before another file starts, so that two never mix', async () => {
    const { second, resumed, there } = await secondFileMeanwhile(inMemoryImports())
    expect(second).toEqual({ outcome: 'handed-on', because: 'busy' })
    expect(resumed).toMatchObject({ outcome: 'applied' })
    expect(await importEntries(there.ports)({ importId: 'two' })).toMatchObject({ outcome: 'refused' })
  })

  test('broken variant: with a lease that expires like any other, the first file can never be completed', async () => {
    const { second, resumed } = await secondFileMeanwhile(inMemoryImports({ remembersWriting: false }))
    expect(second).toMatchObject({ outcome: 'applied' })
    expect(resumed).toBeInstanceOf(Error)
  })
})

describe('while one file is imported, another', () => {
  beforeEach(async () => {
    await here.imports.acquireLease(
      { kind: 'entries', importId: 'other', attempt: 'other', until: Number.MAX_SAFE_INTEGER as never },
      here.clock.now(),
    )
  })

  test('waits for the lease, in the queue after a while', async () => {
    expect(await here.put('one', many(3))).toEqual({ outcome: 'handed-on', because: 'busy' })
    expect(here.queue.messages).toEqual([{ kind: 'entries', importId: 'one', seconds: 20 }])
    await here.imports.releaseLease({
      kind: 'entries',
      importId: 'other',
      attempt: 'other',
      fencingToken: 1,
      until: here.clock.now(),
    })
    expect(await importEntries(here.ports)({ importId: 'one' })).toMatchObject({ outcome: 'applied' })
  })

  test('gives up after a day, when its own file has expired', async () => {
    await here.put('one', many(3))
    here.clock.advance(day + minute)
    await expect(importEntries(here.ports)({ importId: 'one' })).rejects.toBeInstanceOf(ImportBusy)
  })
})

describe('an import that cannot be completed from its own file', () => {
  const content = many(230)
  /** Killed half way, its lease expired, and its file gone with the bucket's day. */
  const abandon = async () => {
    const { mortal } = killAtCall(120, 'after')
    await here.start('one')
    here.files.put('one', content)
    const entries = mortal(here.entries)
    const doomed = { ...entries, find: entries.find, addAll: entriesRowByRow(entries.addAll) }
    await importEntries({ ...here.ports, entries: doomed })({ importId: 'one' }).catch(() => undefined)
    await here.files.remove({ importId: 'one' }, 'version-1')
    here.clock.advance(2 * minute)
  }

  test('is completed when the identical file is uploaded again, which is then applied as well', async () => {
    await abandon()
    await expect(importEntries(here.ports)({ importId: 'one' })).rejects.toThrow('no such object')
    expect(await here.put('again', content)).toEqual({ outcome: 'handed-on', because: 'busy' })
    expect(here.entries.rows.size).toBe(230)
    expect(here.imports.rows.get('one')).toMatchObject({ state: 'applied', accepted: 230 })
    expect(await importEntries(here.ports)({ importId: 'again' })).toMatchObject({ outcome: 'applied', rows: 230 })
    expect(here.entries.counts.writes).toBe(230)
  })

  test('is not affected by any other file, not even one that differs only in a space', async () => {
    await abandon()
    const written = here.entries.rows.size
    expect(await here.put('other', content.replace(',Ana,', ', Ana,'))).toEqual({
      outcome: 'handed-on',
      because: 'busy',
    })
    expect(here.entries.rows.size).toBe(written)
    expect(here.imports.rows.get('one')?.state).toBe('applying')
  })
})

describe('a file too large for one invocation', () => {
  /** Time is up after so many pages have been written. */
  const shortOf = (pages: number) => {
    let written = 0
    return {
      entries: {
        ...here.entries,
        addAll: (rows: Parameters<typeof here.entries.addAll>[0]) => {
          written++
          return here.entries.addAll(rows)
        },
      },
      limit: { remainingMilliseconds: () => (written >= pages ? 1_000 : 600_000) },
    }
  }

  test('is continued by another invocation from where it stopped', async () => {
    await here.start('one')
    here.files.put('one', many(2_000))
    const { entries, limit } = shortOf(5)
    const first = await importEntries({ ...here.ports, entries })({ importId: 'one', version: 'version-1' }, limit)
    expect(first).toEqual({ outcome: 'handed-on', because: 'out-of-time' })
    expect(here.queue.messages).toEqual([{ kind: 'entries', importId: 'one', version: 'version-1', seconds: 0 }])
    const { progress } = here.imports.rows.get('one') ?? {}
    expect(progress?.rows).toBeGreaterThan(0)
    expect(progress?.share).toBeCloseTo((progress?.rows ?? 0) / 2_000)

    const found: number[] = []
    const second = {
      ...here.entries,
      find: (ids: readonly string[]) => {
        found.push(ids.length)
        return here.entries.find(ids)
      },
    }
    expect(await importEntries({ ...here.ports, entries: second })({ importId: 'one' })).toMatchObject({
      outcome: 'applied',
      rows: 2_000,
    })
    expect(found.reduce((sum, count) => sum + count, 0)).toBe(2_000 - (progress?.rows ?? 0))
    expect(here.entries.counts.writes).toBe(2_000)
  })

  test('is refused during comparison without writing anything', async () => {
    await here.start('one')
    here.files.put('one', many(2_000))
    const limit = { remainingMilliseconds: () => 1_000 }
    expect(await importEntries(here.ports)({ importId: 'one' }, limit)).toMatchObject({ outcome: 'refused' })
    expect(errorsOf('one')).toEqual([expect.stringMatching(/^line 101: file: it took too long .* split the file$/)])
  })
})

describe('the second reading of a file is compared with the first:', () => {
  test('a file that changed in between is not reported as applied', async () => {
    const changed = {
      ...here.files,
      open: async (...asked: Parameters<typeof here.files.open>) => {
        const file = await here.files.open(...asked)
        return here.imports.rows.get('one')?.state === 'applying' ? { ...file, bytes: onePiece(many(2)) } : file
      },
    }
    await here.start('one')
    here.files.put('one', many(3))
    await expect(importEntries({ ...here.ports, files: changed })({ importId: 'one' })).rejects.toThrow(
      'the file is not what it was: rows, SHA-256, sessions',
    )
    expect(here.imports.rows.get('one')?.state).toBe('applying')
  })
})

async function* onePiece(text: string) {
  yield Buffer.from(text)
}
