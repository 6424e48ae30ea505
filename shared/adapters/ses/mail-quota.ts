import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import type { MailQuota } from '../../ports/send-rate.ts'
import { clientTimeouts } from '../aws/client-timeouts.ts'

/** SES allows one such call a second for the whole account, so each sender asks once a minute at most. */
const askAgainAfter = 60_000

/** The account's quota, as SES said within the last minute. */
export const sesMailQuota = (
  client: Pick<SESv2Client, 'send'> = new SESv2Client(clientTimeouts()),
  now: () => number = () => performance.now(),
): MailQuota => {
  let known: { readonly said: ReturnType<MailQuota['read']>; readonly at: number } | undefined
  const ask = async () => {
    const { SendQuota: { MaxSendRate = 1, Max24HourSend = -1, SentLast24Hours = 0 } = {} } = await client.send(
      new GetAccountCommand({}),
    )
    // Minus one is SES's word for no limit (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendQuota.html).
    const leftToday = Max24HourSend < 0 ? Number.POSITIVE_INFINITY : Max24HourSend - SentLast24Hours
    return { rate: MaxSendRate > 0 ? MaxSendRate : 1, leftToday }
  }
  return {
    read() {
      if (known && now() - known.at < askAgainAfter) return known.said
      const asked = { said: ask(), at: now() }
      known = asked
      asked.said.catch(() => {
        if (known === asked) known = undefined
      })
      return asked.said
    },
  }
}
