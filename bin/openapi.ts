import { existsSync, writeFileSync } from 'node:fs'
import { contractFaults, descriptionFile, generatedFiles, releasedFile, staleFiles } from './openapi/check.ts'

/**
 * `npm run openapi` writes the API's description and page from the contracts. `-- --check` writes nothing and fails if
 * they are stale, faulty, or break what was released; `-- --release` makes today's description the released one.
 */
const [mode] = process.argv.slice(2)
const files = generatedFiles()
const first = mode === '--release' && !existsSync(releasedFile)
const faults = [...(first ? [] : contractFaults()), ...(mode === '--check' ? staleFiles() : [])]

for (const fault of faults) console.error(fault)
if (mode !== '--check') for (const [file, text] of Object.entries(files)) writeFileSync(file, text)
if (mode === '--release' && faults.length === 0) writeFileSync(releasedFile, files[descriptionFile] as string)
process.exitCode = faults.length === 0 ? 0 : 1
