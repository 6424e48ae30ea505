import type { ImportReport } from '../../../shared/domain/import.ts'
import type { ImportFiles, ImportReports } from '../../../shared/ports/import-files.ts'

/** A bucket that keeps versions. */
export const inMemoryImportFiles = () => {
  const objects = new Map<string, Map<string, Uint8Array>>()
  const reports = new Map<string, ImportReport>()
  const errors = new Map<string, string>()
  let puts = 0
  return {
    /** Versions that are there. */
    versionsOf: (importId: string) => [...(objects.get(importId)?.keys() ?? [])],
    reportOf: (importId: string) => reports.get(importId),
    errorsOf: (importId: string) => errors.get(importId),
    /** Answers the new version. */
    put(importId: string, content: string | Uint8Array): string {
      const version = `version-${++puts}`
      const versions = objects.get(importId) ?? new Map<string, Uint8Array>()
      objects.set(importId, versions.set(version, Buffer.from(content)))
      return version
    },
    async uploadUrl({ importId }) {
      return `https://bucket.example/${importId}`
    },
    async open({ importId }, version) {
      const versions = objects.get(importId) ?? new Map<string, Uint8Array>()
      const wanted = version ?? [...versions.keys()].at(-1)
      const content = versions.get(wanted ?? '')
      if (!wanted || !content) throw new Error('there is no such object')
      return { version: wanted, size: content.length, bytes: pieces(content) }
    },
    async remove({ importId }: { readonly importId: string }, version?: string) {
      const versions = objects.get(importId)
      versions?.delete(version ?? [...versions.keys()].at(-1) ?? '')
    },
    async writeErrors(importId, csv) {
      errors.set(importId, csv)
    },
    async errorsUrl(importId) {
      return `https://bucket.example/${importId}-errors.csv`
    },
    async write(report) {
      reports.set(report.importId, report)
    },
    async read(importId) {
      const report = reports.get(importId)
      if (!report) throw new Error('there is no report')
      return report
    },
  } satisfies ImportFiles & ImportReports & Record<string, unknown>
}

/** Small and odd, so that characters and line breaks fall between two pieces. */
async function* pieces(content: Uint8Array) {
  for (let from = 0; from < content.length; from += 61) yield content.subarray(from, from + 61)
}
