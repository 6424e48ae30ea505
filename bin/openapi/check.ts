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
/** The description as clients last got it; only `npm run openapi -- --release` writes it. */
export const releasedFile = 'docs/openapi.released.yaml'

const textOf = (document: OpenApiDocument) => stringify(document, { lineWidth: 120, aliasDuplicateObjects: false })

const readReleased = () =>
  existsSync(releasedFile) ? (parse(readFileSync(releasedFile, 'utf8')) as OpenApiDocument) : undefined

/** What the released file holds once these operations are taken in; all of them where none is named. */
export const releasedText = (operationIds: readonly string[]): string =>
  textOf(release(readReleased(), describeApi(), operationIds))

/** What the generated files must hold, by name. */
export const generatedFiles = (document: OpenApiDocument = describeApi()): Readonly<Record<string, string>> => ({
  [descriptionFile]: textOf(document),
  [pageFile]: apiPage(document),
})

/** What is wrong with the contracts as an API: faults of the description, and what would break released clients. */
export const contractFaults = (document: OpenApiDocument = describeApi()): string[] => {
  const released = readReleased()
  return [
    ...lint(document),
    ...(released
      ? breakingChanges(released, document).map((change) => `this would break released clients: ${change}`)
      : [`${releasedFile} is missing: npm run openapi -- --release`]),
  ]
}

/** Which committed files are not what the contracts generate. */
export const staleFiles = (): string[] =>
  Object.entries(generatedFiles())
    .filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text)
    .map(([file]) => `${file} is not what the contracts say: run npm run openapi`)
