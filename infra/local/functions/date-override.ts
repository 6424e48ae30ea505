import type { ClockState } from '../clock.ts'

/** Makes the process's `Date` follow the local run's clock; returns the function that sets its offset. */
export const overrideDate = (start: ClockState): ((clock: ClockState) => void) => {
  const MachineDate = Date
  let clock = start
  const now = () => clock.frozenAt ?? MachineDate.now() + clock.offset
  const LocalDate = new Proxy(MachineDate, {
    construct: (target, parameters: [], newTarget) =>
      Reflect.construct(target, parameters.length > 0 ? parameters : [now()], newTarget) as Date,
    apply: () => new MachineDate(now()).toString(),
    get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
  })
  Object.defineProperty(MachineDate.prototype, 'constructor', { value: LocalDate, writable: true, configurable: true })
  globalThis.Date = LocalDate
  return (moved) => {
    clock = moved
  }
}
