import type { ExpectedResults } from '../shared/contracts/expected-results.ts'
import type { RetentionDays } from '../shared/contracts/messages.ts'
import type { TableName } from '../shared/contracts/tables.ts'

/** What differs between the stages; everything else is the same code. */
export interface Stage {
  readonly name: StageName
  readonly region: string
  /** What the service calls itself where it speaks for the board, as on statements of results. */
  readonly serviceName: string
  /** Kept and deletion-protected; false where the whole stage may be thrown away, once its buckets have been emptied. */
  readonly durable: boolean
  readonly mail: MailSettings
  /** The site's own domain; without one the site lives under CloudFront's. */
  readonly site?: { readonly domain: string; readonly certificateArn: string }
  /** When results are expected after an exam, and whose working days count: those of the board's seat (R52). */
  readonly expectedResults: ExpectedResults
  /** Multiplies every route's rate and burst from the contract. */
  readonly throttleScale: number
  /** Days for which logs are kept. */
  readonly logDays: 7 | 30 | 90
  readonly retention: Retention
  /** Who is told of alarms and of the budget; nobody if absent, the alarms are still shown. */
  readonly alarmEmail?: string
  readonly monthlyBudgetDollars: number
  /**
   * Runs of `release-results` that the account keeps free, so that the crowd that waits for the instant cannot keep the
   * instant from happening: one for each session released at it, and the sweeps. The account's limit has to exceed it by
   * 100. Nothing is kept where absent.
   */
  readonly releaseConcurrency?: number
  /** Capacity kept warm for results day, in units a second; DynamoDB's default where absent. */
  readonly warmThroughput?: Readonly<Partial<Record<TableName, { readonly reads: number; readonly writes: number }>>>
}

/**
 * How long what is held is kept, class by class (`docs/data-protection.md`): what the daily run deletes, and what AWS does
 * by itself. What has a fixed life expires by TTL instead.
 */
export interface Retention extends RetentionDays {
  /** Days for which the bus's archive can replay events; they carry ID numbers. */
  readonly eventDays: number
  /** Days for which it is known who touched import files. */
  readonly accessLogDays: number
}

export interface MailSettings {
  /** The SES identity; its DNS records are the owner's to set. */
  readonly domain: string
  readonly senderName: string
  /**
   * Whom mails may reach: `everyone`, or only these addresses and `@domains` beside SES's own simulator. An empty list
   * reaches nobody but the simulator.
   */
  readonly recipients: 'everyone' | readonly string[]
  /** Set where mail ends in a mailbox on the same machine, whomever it is for. */
  readonly staysHere?: true
  /**
   * How many send-result-emails run at once at most (SQS allows 2 or more). They share the account's send rate exactly,
   * whatever their number; each manages some 200 mails a second.
   */
  readonly senders: number
  /** Mails a second that the service bears at most, since mail brings log-ins, whatever the account may send. */
  readonly headroom: number
}

export type StageName = 'dev' | 'staging' | 'prod'

const expectedResults: ExpectedResults = { paper: '28-42 days', digital: '5-10 working-days', holidays: 'GB-ENG' }

/** Where nobody is a candidate. */
const rehearsed: Retention = {
  candidateDays: 120,
  releaseDays: 180,
  accountMailDays: 90,
  importDays: 180,
  auditDays: 400,
  eventDays: 14,
  accessLogDays: 400,
}

const stages: Readonly<Record<StageName, Stage>> = {
  dev: {
    name: 'dev',
    region: 'eu-west-1',
    serviceName: 'Exam results',
    durable: false,
    mail: {
      domain: 'results-dev.example.org',
      senderName: 'Exam results (dev)',
      recipients: [],
      senders: 2,
      headroom: 2_000,
    },
    expectedResults,
    throttleScale: 0.1,
    logDays: 7,
    retention: rehearsed,
    monthlyBudgetDollars: 50,
  },
  staging: {
    name: 'staging',
    region: 'eu-west-1',
    serviceName: 'Exam results',
    durable: false,
    mail: {
      domain: 'results-staging.example.org',
      senderName: 'Exam results (staging)',
      recipients: [],
      senders: 12,
      headroom: 2_000,
    },
    expectedResults,
    throttleScale: 1,
    logDays: 30,
    retention: rehearsed,
    monthlyBudgetDollars: 300,
  },
  prod: {
    name: 'prod',
    region: 'eu-west-1',
    serviceName: 'Exam results',
    durable: true,
    mail: {
      domain: 'results.example.org',
      senderName: 'Exam results',
      recipients: 'everyone',
      senders: 12,
      headroom: 2_000,
    },
    expectedResults,
    throttleScale: 1,
    logDays: 90,
    retention: {
      candidateDays: 1_096,
      releaseDays: 2_557,
      accountMailDays: 460,
      importDays: 1_827,
      auditDays: 2_557,
      eventDays: 400,
      accessLogDays: 400,
    },
    monthlyBudgetDollars: 2_000,
    releaseConcurrency: 50,
    warmThroughput: {
      accounts: { reads: 20_000, writes: 4_000 },
      'sign-in-guards': { reads: 12_000, writes: 8_000 },
      sessions: { reads: 20_000, writes: 8_000 },
      results: { reads: 20_000, writes: 4_000 },
    },
  },
}

export const stageNames = Object.keys(stages) as StageName[]

/** Undefined if there is no such stage. */
export const findStage = (name: string): Stage | undefined =>
  stageNames.includes(name as StageName) ? stages[name as StageName] : undefined

/** How stacks, functions and queues are called: `results-service-dev-log-in`. */
export const stageResourceName = (stage: Stage, ...parts: readonly string[]): string =>
  ['results-service', stage.name, ...parts].join('-')
