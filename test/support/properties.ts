import * as fc from 'fast-check'
import { firstSeed } from './simulation/seed.ts'

/** Property tests use the common seed; a failure also prints the path to its example. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: firstSeed })

export { fc }
