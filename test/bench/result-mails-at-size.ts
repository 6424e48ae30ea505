import { rehearse } from '../support/mail-simulation/rehearse.ts'
import { sendRateOf } from '../support/mail-simulation/send-rate.ts'
import { simulatedAssembly } from '../support/mail-simulation/simulated-assembly.ts'
import type { Comparison, Measured } from './measure.ts'

const senders = 4
const daily = 1e9
const seed = 1
const small = 10_000
const large = 1_000_000
/** Between the two, so that a step in the growth would show. */
const between = 100_000

const once = (name: string, value: number): Measured => ({ name, median: value, range: [value, value], samples: 1 })

const beside = (
  what: string,
  unit: string,
  [oursName, ours]: readonly [string, number],
  [otherName, other]: readonly [string, number],
  note: string,
): Comparison => ({ what, unit, ours: once(oursName, ours), other: once(otherName, other), ratio: ours / other, note })

interface Cost {
  readonly calls: number
  /** Microseconds. */
  readonly cpu: number
}

const spent = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Of each recipient, from the plan to the settled bulk call. */
const costOf = async (candidates: number): Promise<Cost> => {
  let [began, ended] = [0, 0]
  const { simulation, outcome } = await rehearse({
    ...{ assembly, seed, candidates, quota: { rate: 2_000, daily }, tells: false },
    // Creating a million candidates is not part of the mails' cost.
    intervene: () => {
      began = spent()
    },
    rested: () => {
      ended = spent()
    },
  })
  const ofMails = [...simulation.calls].filter(([kind]) => kind.startsWith('mail/'))
  const calls = ofMails.reduce((sum, [, count]) => sum + count, 0)
  if (outcome.accepted !== outcome.planned) throw new Error('not everybody was told')
  return { calls: calls / outcome.planned, cpu: (ended - began) / outcome.planned }
}

const assembly = simulatedAssembly('dev', senders)

/** Calls, send rate and growth of a release's mails, counted in virtual time: the same in every run. */
export const resultMailsAtSize = async (): Promise<Comparison[]> => {
  const [least, middle, most] = [await costOf(small), await costOf(between), await costOf(large)]
  const size = (candidates: number) => `${candidates.toLocaleString('en')} candidates`
  const sendRates: Comparison[] = []
  for (const [rate, candidates] of [
    [14, 3_000],
    [500, 60_000],
    [2_000, 150_000],
  ] as const) {
    const { share, throttled } = await sendRateOf({ assembly, seed, candidates, quota: { rate, daily }, tells: false })
    sendRates.push(
      beside(
        `share of the send rate used at ${rate.toLocaleString('en')} a second`,
        'mails a second',
        [`${senders} senders, ${throttled} calls throttled`, share * rate],
        ['what SES allows', rate],
        'in virtual time, against a quota that is enforced; while there is enough to send',
      ),
    )
  }
  return [
    beside(
      'AWS calls for a result mail',
      'calls a recipient',
      [size(between), middle.calls],
      ['one call a mail', 1],
      'from the plan to the settled bulk call; without processing SES events afterwards',
    ),
    beside(
      'growth of calls, 10,000 to 1,000,000 candidates',
      'calls a recipient',
      [size(large), most.calls],
      [size(small), least.calls],
      `${middle.calls.toFixed(4)} at ${size(between)}`,
    ),
    beside(
      'growth of CPU, 10,000 to 1,000,000 candidates',
      'µs a recipient',
      [size(large), most.cpu],
      [size(small), least.cpu],
      `${middle.cpu.toFixed(0)} at ${size(between)}; the functions and the simulation around them`,
    ),
    ...sendRates,
  ]
}
