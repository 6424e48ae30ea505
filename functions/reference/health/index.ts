import { healthHandler } from './handler.ts'

export const handler = healthHandler()
