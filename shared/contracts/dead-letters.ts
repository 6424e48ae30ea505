/** Dead-letter queues, by name without the stage, each with a description of one message in it. */
export const deadLetterQueues = {
  'entries-imports': 'one file of entries that could not be applied at all',
  'results-imports': 'one file of results that could not be applied at all',
  'centres-imports': 'one file of centres that could not be applied at all',
  'release-seals': 'one approved release or correction whose results are not all sealed; it will not open',
  'account-emails': 'one event whose account mail was not sent',
  'release-plans': 'one release, or one lane of it, whose mails are not planned',
  'result-emails': 'one wave of result mails that is not settled',
  'late-candidates': 'one registration near a release whose mail is not settled',
  'email-outcomes': 'one SES event that is not recorded',
  'mail-alarms': 'one alarm change that was not applied to the send rate',
  release: 'one failed start of a release; the sweep retries every minute',
  retention: 'one failed daily retention run; the next run catches up',
  outbox: 'the stream position of an event that was not published; the event is in the table `outbox`',
} as const

export type DeadLetterQueueName = keyof typeof deadLetterQueues

/** Those without a source queue, which cannot be redriven. */
export const notRedrivable: readonly DeadLetterQueueName[] = ['release', 'retention', 'outbox']

export const isDeadLetterQueue = (name: string): name is DeadLetterQueueName => Object.hasOwn(deadLetterQueues, name)
