/** Whom a stage's mail may reach: addresses, `@domains`, or everybody. */
export type AllowList = readonly string[]

/** SES's own test addresses, which reach nobody (https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html). */
const simulator = '@simulator.amazonses.com'

/** From the form in which a stage writes it: `*`, or addresses and `@domains` separated by commas. */
export const readAllowList = (text: string): AllowList =>
  text
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')

/** Whether the stage may send to this address; rehearsals must not reach candidates. */
export const mayReceive = (list: AllowList, address: string): boolean => {
  const wanted = address.toLowerCase()
  const domain = wanted.slice(wanted.lastIndexOf('@'))
  return domain === simulator || list.some((entry) => entry === '*' || entry === wanted || entry === domain)
}
