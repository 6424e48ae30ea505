import { existsSync, writeFileSync } from 'node:fs'
import { contractFaults, generatedFiles, releasedFile, releasedText, staleFiles } from './openapi/check.ts'

/**
 * `npm run openapi` generates the API description and the API page from the contracts. `-- --check` writes nothing and
 * fails if they are stale, invalid, or incompatible with the released description; `-- --release register logIn` adds
 * the current version of these operations to the released description, and `-- --release` that of all operations.
 */
const [mode, ...operationIds] = process.argv.slice(2)
const files = generatedFiles()
const first = mode === '--release' && !existsSync(releasedFile)
const faults = [...(first ? [] : contractFaults()), ...(mode === '--check' ? staleFiles() : [])]

for (const fault of faults) console.error(fault)
if (mode !== '--check') for (const [file, text] of Object.entries(files)) writeFileSync(file, text)
if (mode === '--release' && faults.length === 0) writeFileSync(releasedFile, releasedText(operationIds))
process.exitCode = faults.length === 0 ? 0 : 1
