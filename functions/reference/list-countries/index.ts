import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { listCountriesHandler } from './handler.ts'

const { ORIGIN_SECRET } = readEnvironment('reference/list-countries')

export const handler = listCountriesHandler({ originSecret: ORIGIN_SECRET })
