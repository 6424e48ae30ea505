import type { PutEventsRequest } from '@aws-sdk/client-eventbridge'
import type { CreateScheduleInput } from '@aws-sdk/client-scheduler'
import type { Destination, SendBulkEmailRequest, SendEmailRequest } from '@aws-sdk/client-sesv2'
import type { StartMessageMoveTaskRequest } from '@aws-sdk/client-sqs'
import type { ArnResolver } from '../arn-resolver.ts'
import { type EncryptionContext, keyArnOf } from '../keys/ciphertext.ts'
import { addressOf, recipientsOf } from '../mail/mail-address.ts'
import { dynamoDbAccess } from './actions-dynamodb.ts'
import type { AccessCheck } from './policy-decision.ts'

/** The access checks that a call with this input requires. */
export type AccessOf = (input: never, names: ArnResolver) => readonly AccessCheck[]

/**
 * The access checks of each operation, by service and operation, following the service authorization reference
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/). Operations not listed are unsupported.
 */
export const accessOf = (service: string, operation: string): AccessOf | undefined => access[service]?.[operation]

/** The caller needs permission for whatever a service does with a customer managed key on its behalf. */
const keyUse = (names: ArnResolver, service: string, key: string | undefined, ...actions: readonly string[]) =>
  key === undefined
    ? []
    : actions.map((action) => ({
        action,
        resource: key,
        context: { 'kms:ViaService': `${service}.${names.region}.amazonaws.com` },
      }))

const onQueue =
  (action: string, ...keyActions: readonly string[]): AccessOf =>
  ({ QueueUrl = '', QueueName = QueueUrl }: { QueueUrl?: string; QueueName?: string }, names) => [
    { action: `sqs:${action}`, resource: names.queue(QueueName) },
    ...keyUse(names, 'sqs', names.queueKey(QueueName), ...keyActions),
  ]

const onSchedule =
  (action: string): AccessOf =>
  ({ GroupName = 'default', Name = '' }: { GroupName?: string; Name?: string }, names) => [
    { action: `scheduler:${action}`, resource: names.schedule(GroupName, Name) },
  ]

/** Passing a role to Scheduler requires `iam:PassRole`. */
const onScheduleWithRole =
  (action: string): AccessOf =>
  (input: CreateScheduleInput, names) => [
    ...onSchedule(action)(input as never, names),
    {
      action: 'iam:PassRole',
      resource: input.Target?.RoleArn ?? '',
      context: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
    },
  ]

interface KeyUse {
  readonly KeyId?: string
  readonly CiphertextBlob?: string
  readonly EncryptionContext?: EncryptionContext
}

const onKey =
  (action: string): AccessOf =>
  ({ KeyId, CiphertextBlob = '', EncryptionContext = {} }: KeyUse, names) => [
    {
      action: `kms:${action}`,
      resource: names.key(KeyId ?? keyArnOf(CiphertextBlob)),
      context: {
        'kms:EncryptionContextKeys': Object.keys(EncryptionContext),
        ...Object.fromEntries(
          Object.entries(EncryptionContext).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]),
        ),
      },
    },
  ]

interface ObjectName {
  readonly Bucket: string
  readonly Key: string
}

const onObject =
  (action: string, ...keyActions: readonly string[]): AccessOf =>
  ({ Bucket, Key }: ObjectName, names) => [
    { action: `s3:${action}`, resource: `arn:aws:s3:::${Bucket}/${Key}` },
    ...keyUse(names, 's3', names.bucketKey(Bucket), ...keyActions),
  ]

const sendEmailAction = ({ Content }: SendEmailRequest) => (Content?.Raw ? 'ses:SendRawEmail' : 'ses:SendEmail')

interface Mailing {
  readonly from: string | undefined
  readonly destinations: readonly (Destination | undefined)[]
  readonly template: string | undefined
  readonly configurationSet: string | undefined
}

/** AWS evaluates conditions of a bulk call without its sender and recipients. */
const bulk = 'ses:SendBulkEmail'

/** Identity, configuration set and template are separate resources; a policy must allow all three. */
const mailing = (action: string, mail: Mailing, names: ArnResolver) => {
  const { from = '', destinations, template, configurationSet } = mail
  const address = addressOf(from)
  const recipients = destinations.flatMap((destination = {}) => recipientsOf(destination))
  return [
    names.identity(address),
    ...(configurationSet ? [names.configurationSet(configurationSet)] : []),
    ...(template ? [names.template(template)] : []),
  ].map((resource) => ({
    action,
    resource,
    ...(action !== bulk && { context: { 'ses:FromAddress': address, 'ses:Recipients': recipients } }),
  }))
}

const access: Readonly<Record<string, Readonly<Record<string, AccessOf>>>> = {
  dynamodb: dynamoDbAccess,
  sqs: {
    SendMessage: onQueue('SendMessage', 'kms:GenerateDataKey', 'kms:Decrypt'),
    SendMessageBatch: onQueue('SendMessage', 'kms:GenerateDataKey', 'kms:Decrypt'),
    ReceiveMessage: onQueue('ReceiveMessage', 'kms:Decrypt'),
    DeleteMessage: onQueue('DeleteMessage'),
    DeleteMessageBatch: onQueue('DeleteMessage'),
    StartMessageMoveTask: ({ SourceArn = '', DestinationArn = '' }: StartMessageMoveTaskRequest) => [
      ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
        action: `sqs:${action}`,
        resource: SourceArn,
      })),
      { action: 'sqs:SendMessage', resource: DestinationArn },
    ],
    ChangeMessageVisibility: onQueue('ChangeMessageVisibility'),
    GetQueueAttributes: onQueue('GetQueueAttributes'),
    GetQueueUrl: onQueue('GetQueueUrl'),
  },
  events: {
    PutEvents: ({ Entries = [] }: PutEventsRequest, names) =>
      Entries.map(({ EventBusName, Source = '', DetailType = '' }) => ({
        action: 'events:PutEvents',
        resource: names.bus(EventBusName),
        context: { 'events:source': Source, 'events:detail-type': DetailType },
      })),
  },
  scheduler: {
    CreateSchedule: onScheduleWithRole('CreateSchedule'),
    UpdateSchedule: onScheduleWithRole('UpdateSchedule'),
    GetSchedule: onSchedule('GetSchedule'),
    DeleteSchedule: onSchedule('DeleteSchedule'),
  },
  kms: {
    Encrypt: onKey('Encrypt'),
    Decrypt: onKey('Decrypt'),
    GenerateDataKey: onKey('GenerateDataKey'),
    GenerateDataKeyWithoutPlaintext: onKey('GenerateDataKeyWithoutPlaintext'),
  },
  secretsmanager: {
    GetSecretValue: ({ SecretId }: { SecretId: string }, names) => [
      { action: 'secretsmanager:GetSecretValue', resource: names.secret(SecretId) },
      ...keyUse(names, 'secretsmanager', names.secretKey(SecretId), 'kms:Decrypt'),
    ],
  },
  s3: {
    PutObject: onObject('PutObject', 'kms:GenerateDataKey'),
    GetObject: onObject('GetObject', 'kms:Decrypt'),
    GetObjectVersion: onObject('GetObjectVersion', 'kms:Decrypt'),
    HeadObject: onObject('GetObject', 'kms:Decrypt'),
    HeadObjectVersion: onObject('GetObjectVersion', 'kms:Decrypt'),
    DeleteObject: onObject('DeleteObject'),
    DeleteObjectVersion: onObject('DeleteObjectVersion'),
    ListObjectsV2: ({ Bucket, Prefix = '' }: { Bucket: string; Prefix?: string }) => [
      { action: 's3:ListBucket', resource: `arn:aws:s3:::${Bucket}`, context: { 's3:prefix': Prefix } },
    ],
  },
  ses: {
    SendEmail: (input: SendEmailRequest, names) =>
      mailing(
        sendEmailAction(input),
        {
          from: input.FromEmailAddress,
          destinations: [input.Destination],
          template: input.Content?.Template?.TemplateName,
          configurationSet: input.ConfigurationSetName,
        },
        names,
      ),
    SendBulkEmail: (input: SendBulkEmailRequest, names) =>
      mailing(
        bulk,
        {
          from: input.FromEmailAddress,
          destinations: (input.BulkEmailEntries ?? []).map(({ Destination }) => Destination),
          template: input.DefaultContent?.Template?.TemplateName,
          configurationSet: input.ConfigurationSetName,
        },
        names,
      ),
    GetAccount: () => [{ action: 'ses:GetAccount', resource: '*' }],
  },
}
