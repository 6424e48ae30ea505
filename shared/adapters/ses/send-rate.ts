import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2'

/** SES allows one such call a second for the whole account, so each sender asks once a minute at most. */
const askAgainAfter = 60_000

/** Mails that the account may send in a second, as SES said within the last minute. */
export const sesSendRate = (
  client: Pick<SESv2Client, 'send'> = new SESv2Client({}),
  now: () => number = () => performance.now(),
): (() => Promise<number>) => {
  let known: { readonly rate: number; readonly at: number } | undefined
  return async () => {
    if (known && now() - known.at < askAgainAfter) return known.rate
    const { SendQuota } = await client.send(new GetAccountCommand({}))
    const rate = SendQuota?.MaxSendRate ?? 1
    known = { rate: rate > 0 ? rate : 1, at: now() }
    return known.rate
  }
}
