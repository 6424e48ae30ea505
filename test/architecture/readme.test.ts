import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { generateEntries, localRecipe, tourCandidate } from '../../infra/local/sample-data/generate.ts'
import { functionNames } from '../../shared/contracts/environments.ts'
import { operations } from '../../shared/contracts/http.ts'
import { projectFolder } from './source-files.ts'

let readme: string
beforeAll(async () => {
  readme = await readFile(join(projectFolder, 'README.md'), 'utf8')
})

describe('the README', () => {
  test('lists every function once', () => {
    const listed = [...readme.matchAll(/^\| `([\w-]+\/[\w-]+)` \|/gm)].map(([, name]) => name)
    expect(listed).toHaveLength(functionNames.length)
    expect(new Set(listed)).toEqual(new Set(functionNames))
  })

  test('names the trigger of each function', () => {
    for (const { function: name, method, path } of Object.values(operations)) {
      expect(readme).toContain(`| \`${name}\` | \`${method} ${path}\` |`)
    }
  })

  test('links only to existing files', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, path = '']) => path)
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter((path) => !existsSync(join(projectFolder, path)))).toEqual([])
  })

  test('mentions only existing scripts', async () => {
    const { scripts } = JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8'))
    const named = [...readme.matchAll(/npm (?:run (?:-s )?)?([a-z][\w-]*)/g)].map(([, script = '']) => script)
    expect(new Set(named).size).toBeGreaterThan(4)
    expect(named.filter((script) => script !== 'ci' && !(script in scripts))).toEqual([])
  })

  test('uses the local run’s sample candidate in its tour', () => {
    const { idNumber, secretNumber, session } = tourCandidate(generateEntries(localRecipe))
    for (const fact of [`"idNumber": "${idNumber}"`, `"secretNumber": "${secretNumber}"`, `SESSION=${session}\n`]) {
      expect(readme).toContain(fact)
    }
  })
})
