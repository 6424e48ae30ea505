import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { filesBelow, projectFolder } from './source-files.ts'

/** The ids as the board numbers them, with its gaps. */
const ids = [
  ...numbered(1, 15),
  ...numbered(20, 28),
  ...numbered(30, 36),
  ...numbered(40, 47),
  ...numbered(50, 59),
  ...numbered(60, 64),
]
const ownPath = 'test/architecture/requirements.test.ts'

interface Row {
  readonly id: string
  readonly title: string
  readonly files: readonly string[]
  readonly isToCome: boolean
}

let rows: Row[]
/** Test files by the ids that they name. */
let claims: Map<string, Set<string>>

beforeAll(async () => {
  const page = await readFile(join(projectFolder, 'docs/requirements.md'), 'utf8')
  rows = rowsOf(page)
  const files = filesBelow('test', '.test.ts').filter((path) => path !== ownPath)
  const named = await Promise.all(
    files.map(async (path) => [path, idsIn(await readFile(join(projectFolder, path), 'utf8'))] as const),
  )
  claims = new Map(named)
})

describe('docs/requirements.md', () => {
  test('lists every requirement once, in order, with a title', () => {
    expect(rows.map(({ id }) => id)).toEqual(ids)
    for (const { title } of rows) expect(title).not.toBe('')
  })

  test('names a test for each, or marks it as to come', () => {
    expect(rows.flatMap(faultsOf)).toEqual([])
  })

  test('lists every test that names a requirement', () => {
    const missing = [...claims].flatMap(([file, named]) =>
      rows
        .filter(({ id, files }) => named.has(id) && !files.includes(file))
        .map(({ id }) => `${file} names ${id}, but the row of ${id} does not name it`),
    )
    expect(missing).toEqual([])
  })
})

describe('the check itself notices', () => {
  const [someFile, someIds] = ['test/journeys/results-day.test.ts', ['R20', 'R22', 'R25']]

  test('a requirement without a test that is not marked', () => {
    expect(faultsOf(rowOf('| R01 | Register | |'))).not.toEqual([])
    expect(faultsOf(rowOf('| R01 | Register | to come |'))).toEqual([])
  })

  test('a test that does not exist, or does not name the requirement', () => {
    expect(faultsOf(rowOf('| R01 | Register | `test/none.test.ts` |'))).not.toEqual([])
    expect(faultsOf(rowOf(`| R36 | Readiness | \`${someFile}\` |`))).not.toEqual([])
    for (const id of someIds) expect(faultsOf(rowOf(`| ${id} | Log in | \`${someFile}\` |`))).toEqual([])
  })
})

const faultsOf = ({ id, files, isToCome }: Row): string[] => [
  ...(files.length === 0 && !isToCome ? [`${id} names no test and is not marked as to come`] : []),
  ...files
    .filter((file) => !claims.get(file)?.has(id))
    .map((file) => `${id} names ${file}, ${claims.has(file) ? `which does not name ${id}` : 'which does not exist'}`),
]

const rowsOf = (page: string): Row[] =>
  page
    .split('\n')
    .filter((line) => /^\| R\d\d /.test(line))
    .map(rowOf)

function rowOf(line: string): Row {
  const [, id = '', title = '', proof = ''] = line.split('|').map((cell) => cell.trim())
  const files = [...proof.matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file ?? '')
  return { id, title, files, isToCome: /\bto come\b/.test(proof) }
}

/** Also those within `R20–R25`. */
function idsIn(text: string): Set<string> {
  const named = [...text.matchAll(/\bR(\d\d)(?:–R(\d\d))?\b/g)]
  return new Set(named.flatMap(([, from, to = from]) => numbered(Number(from), Number(to))))
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `R${String(from + index).padStart(2, '0')}`)
}
