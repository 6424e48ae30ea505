import { type TakeStepPorts, takeStep } from '../take-step.ts'

export type HoldRelease = ReturnType<typeof holdRelease>

/**
 * Hides the results, before or after the instant, and stops the mails (R63). The approval stays valid. Readers may cache
 * the previous state for two seconds.
 */
export const holdRelease = (ports: TakeStepPorts) => takeStep(ports, 'hold', [{ step: 'hold' }])
