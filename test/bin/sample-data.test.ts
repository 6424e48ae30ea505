import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'

const run = promisify(execFile)

test('the command writes an entries file and a results file of the size asked for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sample-data-'))
  try {
    await run(process.execPath, ['bin/sample-data.ts', '--candidates', '40', '--seed=3', '--out', folder])
    for (const file of ['entries.csv', 'results.csv']) {
      expect((await readFile(join(folder, file), 'utf8')).trimEnd().split('\n')).toHaveLength(41)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a size that is not a number is refused', async () => {
  await expect(run(process.execPath, ['bin/sample-data.ts', '--candidates', 'many'])).rejects.toMatchObject({
    stderr: expect.stringContaining('Expected a whole number.'),
  })
})
