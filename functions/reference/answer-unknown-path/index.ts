import { answerUnknownPathHandler } from './handler.ts'

export const handler = answerUnknownPathHandler()
