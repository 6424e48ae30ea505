import { existsSync, readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { breakingChanges } from './breaking-changes.ts'
import { describeApi } from './describe.ts'
import type { OpenApiDocument } from './document.ts'
import { lint } from './lint.ts'
import { apiPage } from './page.ts'

/** The committed files, relative to the project's root. */
export const descriptionFile = 'docs/openapi.yaml'
const pageFile = 'docs/api.md'
/** The description as clients last got it; only `npm run openapi -- --release` writes it. */
export const releasedFile = 'docs/openapi.released.yaml'

/** What the generated files must hold, by name. */
export const generatedFiles = (document: OpenApiDocument = describeApi()): Readonly<Record<string, string>> => ({
  [descriptionFile]: stringify(document, { lineWidth: 120, aliasDuplicateObjects: false }),
  [pageFile]: apiPage(document),
})

/** What is wrong with the contracts as an API: faults of the description, and what would break released clients. */
export const contractFaults = (document: OpenApiDocument = describeApi()): string[] => [
  ...lint(document),
  ...(existsSync(releasedFile)
    ? breakingChanges(parse(readFileSync(releasedFile, 'utf8')) as OpenApiDocument, document).map(
        (change) => `this would break released clients: ${change}`,
      )
    : [`${releasedFile} is missing: npm run openapi -- --release`]),
]

/** Which committed files are not what the contracts generate. */
export const staleFiles = (): string[] =>
  Object.entries(generatedFiles())
    .filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text)
    .map(([file]) => `${file} is not what the contracts say: run npm run openapi`)
