import { second } from '../../../shared/domain/time.ts'
import { type Rehearsal, rehearse } from './rehearse.ts'

export interface MeasuredRate {
  /** Share of the send rate that was used while there was enough to send. */
  readonly share: number
  /** Calls that SES throttled. */
  readonly throttled: number
  readonly mails: number
}

/**
 * How well a release used the SES send rate, measured after the first 5 % of the mails, when processes have started and
 * the burst capacity of SES is spent, until 90 % are sent and senders begin to run out of waves.
 */
export const sendRateOf = async (
  rehearsal: Rehearsal & { readonly quota: { readonly rate: number } },
): Promise<MeasuredRate> => {
  const { simulation } = await rehearse(rehearsal)
  const times = simulation.accepted.map(({ at }) => at).toSorted((a, b) => a - b)
  const mails = times.length
  const [from, to] = [Math.floor(mails / 20), Math.floor((mails * 9) / 10)]
  const seconds = ((times[to] ?? 0) - (times[from] ?? 0)) / second
  return { share: (to - from) / (seconds * rehearsal.quota.rate), throttled: simulation.throttled(), mails }
}
