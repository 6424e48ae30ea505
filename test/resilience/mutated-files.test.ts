import { describe, expect, test } from '@jest/globals'
import { brokenReaders } from '../support/import-files/broken-readers.ts'
import { checkFile, checkFiles, mutatedFile } from '../support/import-files/check-file.ts'
import { ofBytes, ofCells } from '../support/import-files/mutations.ts'
import { firstSeed } from '../support/simulation/seed.ts'

/** Any mutated file is refused with a line number or imported exactly: G5, R62. */
const files = 10_000

test(`${files} mutated files are each refused with a line number, or imported exactly as another reader reads them`, async () => {
  const { seen, mutations } = await checkFiles(files)
  // The generator must produce both valid and invalid files.
  expect(seen.applied).toBeGreaterThan(files / 10)
  expect(seen.refused).toBeGreaterThan(files / 4)
  expect(mutations.size).toBe(Object.keys(ofCells).length + Object.keys(ofBytes).length)
})

describe('broken variant: the same check notices a reader that', () => {
  test.each(Object.keys(brokenReaders))('%s', async (name) => {
    const caught = async () => {
      for (let seed = firstSeed; seed < firstSeed + files; seed++) {
        const error = await checkFile(mutatedFile(seed), brokenReaders[name]).catch((caught: Error) => caught)
        if (error instanceof Error) return error.message
      }
      return 'nothing noticed'
    }
    expect(await caught()).not.toBe('nothing noticed')
  })
})
