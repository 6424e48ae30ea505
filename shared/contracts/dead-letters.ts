/** Queues whose dead letters people look after, by the name without the stage; with what one message in them is. */
export const deadLetterQueues = {
  'entries-imports': 'one file of entries that could not be applied at all',
  'results-imports': 'one file of results that could not be applied at all',
  'centres-imports': 'one file of centres that could not be applied at all',
  'release-seals': 'one approved release or correction whose results are not all sealed; it will not open',
  'account-emails': 'one event whose mail about an account was not sent',
  'release-plans': 'one release, or one lane of it, whose mails are not planned',
  'result-emails': 'one wave of mails about results that is not settled',
  'late-candidates': 'one registration near a release whose mail is not settled',
  'email-outcomes': 'one outcome that SES told of and that is not written down',
  'mail-alarms': 'one change of an alarm that mails did not heed',
  release: 'one start of a release that failed; the sweep of every minute makes up for it',
  retention: 'one daily run of the retention that failed; the next day makes up for it',
  outbox: 'the place in the stream of an event that was never published; the event is in the table `outbox`',
} as const

export type DeadLetterQueueName = keyof typeof deadLetterQueues

/** Those that no queue gave up: there is nowhere to give their messages back to. */
export const notRedrivable: readonly DeadLetterQueueName[] = ['release', 'retention', 'outbox']

export const isDeadLetterQueue = (name: string): name is DeadLetterQueueName => Object.hasOwn(deadLetterQueues, name)
