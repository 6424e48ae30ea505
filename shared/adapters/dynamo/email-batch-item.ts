import { type DeliveryState, type EmailBatch, type Feedback, feedbackKinds } from '../../domain/email-batch.ts'

/** One letter a mail, in order, so that a batch is less than a kilobyte: what a write of it costs goes by that. */
const letters: Readonly<Record<DeliveryState, string>> = {
  pending: 'p',
  claimed: 'c',
  accepted: 'a',
  unknown: 'u',
  failed: 'f',
  suppressed: 's',
}
const statesByLetter = Object.fromEntries(
  Object.entries(letters).map(([state, letter]) => [letter, state]),
) as Readonly<Record<string, DeliveryState>>

type Item = Readonly<Record<string, unknown>>

/** The attributes that a sender changes. */
export const statesOf = ({ deliveries }: Pick<EmailBatch, 'deliveries'>) => ({
  states: deliveries.map(({ state }) => letters[state]).join(''),
  /** By position; most mails have none. */
  reasons: Object.fromEntries(
    deliveries.flatMap(({ reason }, position) => (reason === undefined ? [] : [[String(position), reason]])),
  ),
})

/** A planned batch as its row in the deliveries table. */
export const toBatchItem = ({ scope, item, releaseId, session, language, revision, deliveries }: EmailBatch): Item => ({
  ...{ scope, item, releaseId, session, language, revision },
  ids: deliveries.map(({ idNumber }) => idNumber),
  ...statesOf({ deliveries }),
})

/** What was told of the mails, from a row or from the index, which has no IDs. */
export const feedbackOf = (item: Item): Feedback | undefined => {
  const told = feedbackKinds.flatMap((kind) => (item[kind] ? [[kind, item[kind] as ReadonlySet<number>]] : []))
  return told.length > 0 ? (Object.fromEntries(told) as Feedback) : undefined
}

/** The attributes that mark failed mails as counted. */
export const countedIn = { bounced: 'countedBounced', complained: 'countedComplained' } as const

/** The failed mails that are counted, from a row. */
export const countedOf = (item: Item) => ({
  bounced: (item[countedIn.bounced] ?? new Set()) as ReadonlySet<number>,
  complained: (item[countedIn.complained] ?? new Set()) as ReadonlySet<number>,
})

/** State and reason of each mail, from a row or from the index. */
export const outcomesIn = (item: Item): { readonly state: DeliveryState; readonly reason?: string }[] => {
  const reasons = (item.reasons ?? {}) as Readonly<Record<string, string>>
  return [...(item.states as string)].map((letter, position) => {
    const reason = reasons[position]
    return { state: statesByLetter[letter] ?? 'unknown', ...(reason !== undefined && { reason }) }
  })
}

/** The batch that a row holds. */
export const fromBatchItem = (item: Item): EmailBatch => {
  const { ids, states: _, reasons: __, ...rest } = item as { ids: readonly string[]; states: string; reasons: object }
  const head = Object.fromEntries(
    Object.entries(rest).filter(
      ([name]) => !([...feedbackKinds, ...Object.values(countedIn)] as string[]).includes(name),
    ),
  ) as unknown as Omit<EmailBatch, 'deliveries'>
  const feedback = feedbackOf(item)
  const outcomes = outcomesIn(item)
  return {
    ...head,
    deliveries: ids.map((idNumber, position) => ({ idNumber, ...(outcomes[position] ?? { state: 'unknown' }) })),
    ...(feedback && { feedback }),
  }
}
