import { parse } from 'csv-parse/sync'
import { filedFaults } from '../../../shared/domain/import.ts'
import { firstSeed } from '../simulation/seed.ts'
import { seededRandom } from '../simulation/seeded-random.ts'
import { anyEncoding, encodeFile, type GeneratedFile, generateFile, pick } from './generated-file.ts'
import { importFixture } from './import-fixture.ts'
import { ofBytes, ofCells } from './mutations.ts'
import { type ExpectedRows, expectedRows } from './oracle.ts'

export interface MutatedFile {
  readonly kind: GeneratedFile['kind']
  readonly bytes: Buffer
  readonly mutations: readonly string[]
}

/** A valid file with up to three mutations, determined by the seed. */
export const mutatedFile = (seed: number): MutatedFile => {
  const random = seededRandom(seed)
  const file = generateFile(random)
  const mutations: string[] = []
  for (let more = random.below(3); more > 0; more--) {
    const [name, mutate] = pick(random, Object.entries(ofCells))
    if (file.rows.length === 0) break
    mutate(file, random)
    mutations.push(name)
  }
  let bytes = encodeFile(file, anyEncoding(random))
  for (let more = random.below(mutations.length === 0 ? 3 : 2); more > 0; more--) {
    const [name, mutate] = pick(random, Object.entries(ofBytes))
    if (bytes.length === 0) break
    bytes = mutate(bytes, random)
    mutations.push(name)
  }
  return { kind: file.kind, bytes, mutations }
}

/** Transforms a file before the import reads it: the identity, or a broken variant. */
export type Reader = (bytes: Buffer) => Buffer

/** Imports a file and compares the stored rows or reported errors with the oracle. Throws on a difference. */
export const checkFile = async (
  { kind, bytes }: MutatedFile,
  reader: Reader = (same) => same,
): Promise<'applied' | 'refused'> => {
  const here = importFixture()
  await here.start(kind, 'one')
  here.files.put('one', reader(bytes))
  const { outcome } = await here.importers[kind](here.ports)({ importId: 'one' })
  const stored = kind === 'entries' ? storedEntries(here) : storedResults(here)
  const said = expectedRows(kind, bytes)
  if (outcome === 'refused') {
    if (stored.size > 0) throw new Error('refused, and yet rows are stored')
    checkFaults(here, bytes)
    if (said) throw new Error(`refused, though it is sound: ${JSON.stringify(here.files.reportOf('one')?.errors)}`)
    return 'refused'
  }
  if (outcome !== 'applied') throw new Error(outcome)
  if (!said) throw new Error('applied, though it had to be refused')
  if (canonical(stored) !== canonical(said)) throw new Error('applied, but not exactly')
  return 'applied'
}

/** At least one, each on a line of the file, and the file of errors says the same. */
const checkFaults = ({ files }: ReturnType<typeof importFixture>, bytes: Buffer) => {
  const { errors = [], errorCount = 0 } = files.reportOf('one') ?? {}
  const lines = bytes.toString().split('\n').length
  if (errorCount === 0 || errors.length !== Math.min(errorCount, filedFaults))
    throw new Error('refused without a reason')
  for (const { line, column, reason } of errors) {
    if (!(line >= 1 && line <= lines && column && reason)) throw new Error(`a fault on line ${line} of ${lines}`)
  }
  const [, ...told] = parse(files.errorsOf('one') ?? '') as string[][]
  const listed = errors.map(({ line, column, reason }) => [String(line), column, reason])
  if (JSON.stringify(told) !== JSON.stringify(listed)) throw new Error('the file of errors says something else')
}

type ImportFixture = ReturnType<typeof importFixture>

const storedEntries = ({ entries }: ImportFixture): NonNullable<ExpectedRows> =>
  new Map(
    [...entries.rows].map(([id, { secretHash: _hash, fencingToken: _token, secretNumber, ...entry }]) => [
      id,
      { ...entry, secretNumber: secretNumber.ciphertext },
    ]),
  )

const storedResults = ({ results }: ImportFixture): NonNullable<ExpectedRows> =>
  new Map(
    [...results.rows.values()].map(({ idNumber, session, state, payload: { skills, ...payload } }) => [
      idNumber,
      {
        idNumber,
        session,
        state,
        ...payload,
        skills: Object.fromEntries(skills.map(({ name, score }) => [name, score])),
      },
    ]),
  )

const canonical = (rows: NonNullable<ExpectedRows>) =>
  JSON.stringify([...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(sorted))

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : value && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, sorted(inner)]),
        )
      : value

/** Checks so many mutated files, from the first seed on; throws with the seed that replays a failure. */
export const checkFiles = async (files: number) => {
  const seen = { applied: 0, refused: 0 }
  const mutations = new Set<string>()
  for (let seed = firstSeed; seed < firstSeed + files; seed++) {
    const file = mutatedFile(seed)
    for (const name of file.mutations) mutations.add(name)
    try {
      seen[await checkFile(file)]++
    } catch (error) {
      const what = `${file.kind}, ${file.mutations.join(' + ') || 'sound'}: ${JSON.stringify(file.bytes.toString())}`
      throw new Error(`SEED=${seed} replays this: ${(error as Error).message}\n${what}`, { cause: error })
    }
  }
  return { seen, mutations }
}
