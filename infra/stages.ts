import type { ExpectedResults } from '../shared/contracts/expected-results.ts'
import type { RetentionDays } from '../shared/contracts/messages.ts'
import type { TableName } from '../shared/contracts/tables.ts'

/** The settings that differ between stages. */
export interface Stage {
  readonly name: StageName
  readonly region: string
  /** The service's name as shown to candidates, such as on statements of results. */
  readonly serviceName: string
  /** Retained and deletion-protected; if false, the whole stage can be destroyed once its buckets are empty. */
  readonly durable: boolean
  readonly mail: MailSettings
  /** The site's own domain; CloudFront's if absent. */
  readonly site?: { readonly domain: string; readonly certificateArn: string }
  /** When results are expected after an exam, and whose working days count: those of the board's seat (R52). */
  readonly expectedResults: ExpectedResults
  /** Multiplies every route's rate and burst from the contract. */
  readonly throttleScale: number
  /** Days for which logs are kept. */
  readonly logDays: 7 | 30 | 90
  readonly retention: Retention
  /** Receives alarms and budget notifications; if absent, alarms are only shown. */
  readonly alarmEmail?: string
  readonly monthlyBudgetDollars: number
  /**
   * Reserved concurrency of `release-results`, so that the load just before the instant cannot block the release: one per
   * session released at that instant, and the sweeps. The account's limit must exceed it by 100. None if absent.
   */
  readonly releaseConcurrency?: number
  /** Capacity kept warm for results day, in units a second; DynamoDB's default where absent. */
  readonly warmThroughput?: Readonly<Partial<Record<TableName, { readonly reads: number; readonly writes: number }>>>
}

/**
 * Retention periods per class (`docs/data-protection.md`): enforced by the daily run or by AWS. Records with a fixed lifetime
 * expire by TTL instead.
 */
export interface Retention extends RetentionDays {
  /** Days for which the bus's archive can replay events; they carry ID numbers. */
  readonly eventDays: number
  /** Days for which access to import files is logged. */
  readonly accessLogDays: number
}

export interface MailSettings {
  /** The SES identity; its DNS records are the owner's to set. */
  readonly domain: string
  readonly senderName: string
  /**
   * Allow-list for mail: `everyone`, or these addresses and `@domains`. SES's simulator is always allowed; an empty list
   * allows nothing else.
   */
  readonly recipients: 'everyone' | readonly string[]
  /** Set in the local run, where all mail stays in a mailbox on the same machine. */
  readonly staysHere?: true
  /**
   * Maximum concurrency of send-result-emails (SQS requires 2 or more). They share the account's send rate exactly, whatever
   * their number; each sends up to some 200 mails a second.
   */
  readonly senders: number
  /** Upper limit of mails a second, whatever the account may send, since each mail brings a log-in. */
  readonly headroom: number
}

export type StageName = 'dev' | 'staging' | 'prod'

const expectedResults: ExpectedResults = { paper: '28-42 days', digital: '5-10 working-days', holidays: 'GB-ENG' }

/** For stages without real candidates. */
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

/** Physical name of a stack, function or queue: `results-service-dev-log-in`. */
export const stageResourceName = (stage: Stage, ...parts: readonly string[]): string =>
  ['results-service', stage.name, ...parts].join('-')
