import { EventField, RuleTargetInput } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import { mailTags, resultMailKinds } from '../../shared/contracts/mail.ts'
import { routeEvents } from './event-route.ts'
import type { QueueWithDeadLetters } from './queue-with-dead-letters.ts'

const tag = (name: string) => EventField.fromPath(`$.detail.mail.tags.${name}[0]`)
const present = [{ exists: true }]

/** Only these fields of SES's events are passed on: no address, no subject, no header. */
const resultMail = {
  type: EventField.fromPath('$.detail.eventType'),
  release: tag(mailTags.release),
  delivery: tag(mailTags.delivery),
  address: tag(mailTags.address),
}
const accountMail = {
  type: EventField.fromPath('$.detail.eventType'),
  event: tag(mailTags.event),
  address: tag(mailTags.address),
}
const bounceType = { bounceType: EventField.fromPath('$.detail.bounce.bounceType') }

/**
 * Routes SES events about this configuration set's mails to a queue. SES can only publish to the account's default bus. Each
 * rule matches only events that have all the fields it passes on, since an input transformer omits missing ones.
 */
export const routeMailOutcomes = (scope: Construct, configurationSet: string, to: QueueWithDeadLetters): void => {
  const ofResults = { [mailTags.kind]: [...resultMailKinds], [mailTags.release]: present }
  const route = (id: string, types: readonly string[], tags: object, as: Record<string, string>) =>
    routeEvents(scope, id, {
      pattern: {
        source: ['aws.ses'],
        detail: {
          eventType: [...types],
          mail: {
            tags: { 'ses:configuration-set': [configurationSet], [mailTags.address]: present, ...tags },
          },
        },
      },
      to,
      as: RuleTargetInput.fromObject(as),
    })
  const withPlace = { ...ofResults, [mailTags.delivery]: present }
  route('result-mail-outcomes', ['Send', 'Delivery', 'Complaint', 'Reject', 'Rendering Failure'], withPlace, resultMail)
  route('result-mail-bounces', ['Bounce'], withPlace, { ...resultMail, ...bounceType })
  route('account-mail-complaints', ['Complaint'], { [mailTags.event]: present }, accountMail)
  route('account-mail-bounces', ['Bounce'], { [mailTags.event]: present }, { ...accountMail, ...bounceType })
}
