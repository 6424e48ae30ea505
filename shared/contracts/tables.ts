/** One DynamoDB table: the stack builds it from this, tests and adapters take names from here, so they cannot drift. */
export interface TableContract {
  readonly partitionKey: string
  readonly sortKey?: { readonly name: string; readonly type: 'string' | 'number' }
  readonly indexes?: Readonly<Record<string, IndexContract>>
  /** Items expire by the attribute `expiresAtSeconds` (EpochSeconds). TTL only sweeps: readers compare it themselves. */
  readonly expires?: true
  /** Inserted items are read from the table's stream (new images). */
  readonly stream?: true
}

/** A global secondary index; both keys are strings. */
export interface IndexContract {
  readonly partitionKey: string
  readonly sortKey: string
  /** Attributes copied into the index beside the keys. */
  readonly include: readonly string[]
}

export const ttlAttribute = 'expiresAtSeconds'

const bySession = (...include: string[]): IndexContract => ({
  partitionKey: 'sessionShard',
  sortKey: 'idNumber',
  include,
})

export const tables = {
  /** Exam entries; the Secret number as keyed hash and ciphertext. */
  entries: { partitionKey: 'idNumber', indexes: { bySession: bySession('givenName', 'familyName', 'centreNumber') } },
  /** One account per ID number (R12). */
  accounts: {
    partitionKey: 'idNumber',
    indexes: { bySession: bySession('emailOptIn', 'language') },
  },
  /** Attempt slots and lock per ID and kind of secret (G1), and hourly limits; keyed by keyed hashes. */
  'sign-in-guards': { partitionKey: 'guard', expires: true },
  /** Sessions by the SHA-256 of their token. */
  sessions: { partitionKey: 'tokenHash', expires: true },
  /** The account of each link, by the SHA-256 of its token. The account decides whether the link is valid. */
  tokens: { partitionKey: 'tokenHash', expires: true },
  /** Every version of every result. */
  results: {
    partitionKey: 'idNumber',
    sortKey: { name: 'version', type: 'number' },
    indexes: { bySession: bySession('version', 'state', 'digest', 'sealedFor', 'visibleFrom') },
  },
  /** One row per session: the plan, its approval, its state. Written by ops. */
  releases: { partitionKey: 'session' },
  /** Which sessions are open. Written only by `release-results`, so that no other role can open one. */
  openings: { partitionKey: 'session' },
  /** One row per session: its newest correction, planned and approved as a release is. Written by ops. */
  corrections: { partitionKey: 'session' },
  /** One row per session: findings of its newest plan, and distributions of its results; no personal data. Written by ops. */
  summaries: { partitionKey: 'session' },
  /** Mails: the plan of a release and its progress, batches of up to 49 result mails, account mails, and the rate limiter. */
  deliveries: {
    partitionKey: 'scope',
    sortKey: { name: 'item', type: 'string' },
    indexes: {
      /** The same rows without IDs, for counting reports; small enough for a million mails. */
      ledger: {
        partitionKey: 'scope',
        sortKey: 'item',
        include: ['states', 'reasons', 'sent', 'delivered', 'bounced', 'complained', 'rejected', 'claimedAt', 'isDone'],
      },
    },
  },
  /** Events to publish, written in the transaction of the change (transactional outbox). */
  outbox: { partitionKey: 'eventId', expires: true, stream: true },
  /** The directory of exam centres. */
  centres: { partitionKey: 'centreNumber' },
  /** One row per imported file. */
  imports: { partitionKey: 'importId' },
  /** Append-only trail: who did what to which subject. */
  audit: { partitionKey: 'subject', sortKey: { name: 'entry', type: 'string' } },
} as const satisfies Record<string, TableContract>

export type TableName = keyof typeof tables

/** The environment variable in which a function finds a table's deployed name: `SIGN_IN_GUARDS_TABLE`. */
export type TableVariable = {
  [Name in TableName]: `${Uppercase<Name extends `${infer A}-${infer B}-${infer C}` ? `${A}_${B}_${C}` : Name>}_TABLE`
}[TableName]

export const tableVariable = (name: TableName): TableVariable =>
  `${name.toUpperCase().replaceAll('-', '_')}_TABLE` as TableVariable
