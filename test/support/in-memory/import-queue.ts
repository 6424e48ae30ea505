import type { ImportQueue } from '../../../shared/ports/import-files.ts'

type Again = Parameters<ImportQueue['again']>[0] & { readonly seconds: number }

/** Records the continuations. */
export const inMemoryImportQueue = () => {
  const messages: Again[] = []
  return {
    messages,
    async again(file, seconds) {
      messages.push({ ...file, seconds })
    },
  } satisfies ImportQueue & Record<string, unknown>
}
