import { existsSync, readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { breakingChanges } from './breaking-changes.ts'
import { describeApi } from './describe.ts'
import type { OpenApiDocument } from './document.ts'
import { lint } from './lint.ts'
import { apiPage } from './page.ts'
import { release } from './release.ts'

/** The committed files, relative to the project's root. */
export const descriptionFile = 'docs/openapi.yaml'
const pageFile = 'docs/api.md'
/** The description that was last released to clients; only `npm run openapi -- --release` writes it. */
export const releasedFile = 'docs/openapi.released.yaml'

const textOf = (document: OpenApiDocument) => stringify(document, { lineWidth: 120, aliasDuplicateObjects: false })

const readReleased = () =>
  existsSync(releasedFile) ? (parse(readFileSync(releasedFile, 'utf8')) as OpenApiDocument) : undefined

/** The new content of the released file with these operations added; all operations if none is named. */
export const releasedText = (operationIds: readonly string[]): string =>
  textOf(release(readReleased(), describeApi(), operationIds))

/** The expected content of the generated files, by name. */
export const generatedFiles = (document: OpenApiDocument = describeApi()): Readonly<Record<string, string>> => ({
  [descriptionFile]: textOf(document),
  [pageFile]: apiPage(document),
})

/** Problems of the description, and changes that would break released clients. */
export const contractFaults = (document: OpenApiDocument = describeApi()): string[] => {
  const released = readReleased()
  return [
    ...lint(document),
    ...(released
      ? breakingChanges(released, document).map((change) => `this would break released clients: ${change}`)
      : [`${releasedFile} is missing: npm run openapi -- --release`]),
  ]
}

/** Committed files that differ from what the contracts generate. */
export const staleFiles = (): string[] =>
  Object.entries(generatedFiles())
    .filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text)
    .map(([file]) => `${file} is not what the contracts say: run npm run openapi`)
