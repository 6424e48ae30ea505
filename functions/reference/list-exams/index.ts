import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { listExamsHandler } from './handler.ts'

const { ORIGIN_SECRET } = readEnvironment('reference/list-exams')

export const handler = listExamsHandler({ originSecret: ORIGIN_SECRET })
