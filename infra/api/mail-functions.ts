import { type AnsweringFunctions } from '../constructs/http-routes.ts'
import { serviceFunction } from '../constructs/service-function.ts'
import { type ApiParts, allowSecrets, longestAnswer } from './api-parts.ts'

/** Operators' functions for mails, and the target of the links in mails' headers. */
export const mailFunctions = (api: ApiParts) => ({ ...operatorsMailFunctions(api), ...unsubscribe(api) })

const operatorsMailFunctions = ({ stack, parts, release: { releasePlans, resultEmails } }: ApiParts) => {
  const unwatched = 'Candidates notice nothing; operators cannot see the outcome of the mails of a release.'
  const helpless = 'Candidates notice nothing yet; operators cannot settle mails in doubt.'
  const repair = {
    tables: {
      releases: ['GetItem'],
      deliveries: ['BatchGetItem', 'GetItem', 'Query on ledger', 'UpdateItem'],
      audit: ['PutItem'],
    },
    environment: { RESULT_EMAILS_QUEUE: resultEmails.queue.queueUrl },
    whenFailing: helpless,
    memory: 1024,
    timeout: longestAnswer,
  } as const
  const reconcile = serviceFunction(stack, 'mail/reconcile-result-emails', parts, repair)
  const resend = serviceFunction(stack, 'mail/resend-unknown-emails', parts, repair)
  const resume = serviceFunction(stack, 'mail/resume-result-emails', parts, {
    tables: {
      releases: ['GetItem'],
      deliveries: ['BatchGetItem', 'GetItem', 'UpdateItem'],
      audit: ['PutItem'],
    },
    environment: { RELEASE_PLANS_QUEUE: releasePlans.queue.queueUrl },
    whenFailing: helpless,
  })
  for (const one of [reconcile, resend]) one.allow(['sqs:SendMessage'], resultEmails.queue.queueArn)
  resume.allow(['sqs:SendMessage'], releasePlans.queue.queueArn)
  return {
    'mail/report-result-emails': serviceFunction(stack, 'mail/report-result-emails', parts, {
      tables: { releases: ['GetItem'], deliveries: ['GetItem', 'Query on ledger'], audit: ['PutItem'] },
      environment: {},
      ...{ whenFailing: unwatched, memory: 1024, timeout: longestAnswer },
    }),
    'mail/list-unmailed': serviceFunction(stack, 'mail/list-unmailed', parts, {
      tables: {
        releases: ['GetItem'],
        deliveries: ['BatchGetItem', 'GetItem', 'Query on ledger'],
        audit: ['PutItem'],
      },
      environment: {},
      ...{ whenFailing: unwatched, memory: 1024, timeout: longestAnswer },
    }),
    'mail/reconcile-result-emails': reconcile,
    'mail/resend-unknown-emails': resend,
    'mail/resume-result-emails': resume,
  } satisfies Partial<AnsweringFunctions>
}

const unsubscribe = ({ stack, parts, data: { unsubscribeKey }, originSecret }: ApiParts) => {
  const unsubscribe = serviceFunction(stack, 'mail/unsubscribe', parts, {
    tables: { accounts: ['GetItem', 'UpdateItem'] },
    environment: { UNSUBSCRIBE_KEY_SECRET: unsubscribeKey.secretArn, ORIGIN_SECRET: originSecret },
    whenFailing: 'Links that end mails about results fail; candidates can still turn them off under My details.',
  })
  allowSecrets(unsubscribe, unsubscribeKey)
  return { 'mail/unsubscribe': unsubscribe } satisfies Partial<AnsweringFunctions>
}
