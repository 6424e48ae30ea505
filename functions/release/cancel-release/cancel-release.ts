import { type TakeStepPorts, takeStep } from '../take-step.ts'

export type CancelRelease = ReturnType<typeof cancelRelease>

/** Ends a release that has not happened (R63). Its schedule stays and, when it fires, finds nothing to open. */
export const cancelRelease = (ports: TakeStepPorts) => takeStep(ports, 'cancel', [{ step: 'cancel' }])
