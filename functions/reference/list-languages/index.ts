import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { listLanguagesHandler } from './handler.ts'

const { ORIGIN_SECRET } = readEnvironment('reference/list-languages')

export const handler = listLanguagesHandler({ originSecret: ORIGIN_SECRET })
