import * as fc from 'fast-check'
import { firstSeed } from './simulation/seed.ts'

/** Properties draw from the seed that all seeded tests have; a failure prints the path to its example besides. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: firstSeed })

export { fc }
