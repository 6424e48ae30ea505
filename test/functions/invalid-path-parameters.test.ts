import { expect, test } from '@jest/globals'
import { showImport } from '../../functions/imports/show-import/show-import.ts'
import { type ApproveReleasePorts, approveRelease } from '../../functions/release/approve-release/approve-release.ts'
import { showRelease } from '../../functions/release/show-release/show-release.ts'

/** DynamoDB refuses keys over 2,048 bytes, and an empty one: whoever asks it for such a name fails. */
const find = async (name: string): Promise<undefined> => {
  if (name === '' || Buffer.byteLength(name) > 2_048) throw new Error('no key of a table')
}

test.each(['', 'a'.repeat(2_049), '\u0000', '../x', '🎓'])(
  '%j is not found, without reading the tables',
  async (name) => {
    const ports = { releases: { find } } as unknown as ApproveReleasePorts
    expect(await showRelease({ releases: { find }, corrections: { find }, summaries: { find } })(name)).toEqual({
      outcome: 'no-such-release',
    })
    expect(await approveRelease(ports)({ session: name, manifest: 'm', by: 'piet' })).toEqual({
      outcome: 'no-such-release',
    })
    const reports = { read: () => find('') as Promise<never>, errorsUrl: async () => '' }
    expect(await showImport({ imports: { find }, reports })(name)).toEqual({ outcome: 'no-such-import' })
  },
)
