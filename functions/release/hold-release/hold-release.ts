import { type TakeStepPorts, takeStep } from '../take-step.ts'

export type HoldRelease = ReturnType<typeof holdRelease>

/**
 * Closes the gate, before or after the instant, and with it stops the mails (R63). What two people agreed to stays
 * agreed to. Readers may remember for two seconds that it was open.
 */
export const holdRelease = (ports: TakeStepPorts) => takeStep(ports, 'hold', [{ step: 'hold' }])
