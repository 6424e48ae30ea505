import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { findStage, stageNames } from '../../infra/stages.ts'
import { tables } from '../../shared/contracts/tables.ts'

/** What `docs/data-protection.md` says of every table, and how long it says that each class is kept, is what is deployed. */
let rows: string[]
beforeAll(async () => {
  const page = await readFile('docs/data-protection.md', 'utf8')
  rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
})

const unnamed = (names: readonly string[], lines: readonly string[]) =>
  names.filter((name) => !lines.some((line) => line.includes(`\`${name}\``)))

describe('docs/data-protection.md', () => {
  test('describes for every table its content and how it is deleted', () => {
    expect(unnamed(Object.keys(tables), rows)).toEqual([])
  })

  test('describes every retention limit of a stage, with its configured days', () => {
    const limits = stageNames.map((name) => findStage(name)?.retention ?? ({} as never))
    const names = Object.keys(limits[0] ?? {})
    expect(names.length).toBeGreaterThan(5)
    expect(unnamed(names, rows)).toEqual([])
    for (const name of names) {
      const days = [...new Set(limits.map((retention) => String(retention[name as never])))]
      const row = rows.find((line) => line.includes(`\`${name}\``)) ?? ''
      expect(days.filter((number) => !row.includes(number))).toEqual([])
    }
  })

  test('fails the check if a table is missing (negative control)', () => {
    const forgetful = rows.filter((line) => !line.includes('`outbox`'))
    expect(unnamed(Object.keys(tables), forgetful)).toEqual(['outbox'])
  })
})
