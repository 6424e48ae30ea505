import { expectedResultsVariables } from './expected-results.ts'
import { type TableName, type TableVariable, tableVariable } from './tables.ts'

/**
 * Environment variables of each function. The stack must supply exactly these, or it does not compile; the function reads them
 * with `readEnvironment`.
 */
const environmentContracts = {
  'identity/register': needs(
    ['entries', 'accounts', 'sign-in-guards', 'outbox'],
    ['GUARD_KEY_SECRET', 'SECRET_NUMBER_KEY_SECRET', 'ORIGIN_SECRET', 'SITE_URL'],
  ),
  'identity/log-in': needs(
    ['accounts', 'sign-in-guards', 'sessions', 'outbox'],
    ['GUARD_KEY_SECRET', 'ORIGIN_SECRET', 'SITE_URL'],
  ),
  'identity/log-out': needs(['sessions'], ['ORIGIN_SECRET', 'SITE_URL']),
  'identity/show-account': needs(['sessions', 'accounts', 'entries'], ['ORIGIN_SECRET']),
  'identity/change-account': needs(['sessions', 'accounts', 'entries'], ['ORIGIN_SECRET', 'SITE_URL']),
  'identity/change-password': needs(
    ['sessions', 'accounts', 'entries', 'sign-in-guards', 'outbox'],
    ['GUARD_KEY_SECRET', 'SECRET_NUMBER_KEY_SECRET', 'ORIGIN_SECRET', 'SITE_URL'],
  ),
  'identity/change-email': needs(
    ['sessions', 'accounts', 'sign-in-guards', 'outbox'],
    ['GUARD_KEY_SECRET', 'ORIGIN_SECRET', 'SITE_URL'],
  ),
  'identity/confirm-email': needs(['tokens', 'accounts', 'outbox'], ['ORIGIN_SECRET', 'SITE_URL']),
  'identity/request-password-reset': needs(
    ['sign-in-guards', 'accounts', 'outbox'],
    ['GUARD_KEY_SECRET', 'ORIGIN_SECRET', 'SITE_URL'],
  ),
  'identity/confirm-password-reset': needs(
    ['tokens', 'accounts', 'entries', 'sign-in-guards', 'outbox'],
    ['GUARD_KEY_SECRET', 'SECRET_NUMBER_KEY_SECRET', 'ORIGIN_SECRET', 'SITE_URL'],
  ),
  'identity/export-account': needs(
    ['sessions', 'accounts', 'entries', 'results', 'releases', 'openings'],
    ['ORIGIN_SECRET', ...expectedResultsVariables],
  ),
  'results/list-results': needs(
    ['sessions', 'accounts', 'entries', 'results', 'releases', 'openings'],
    ['ORIGIN_SECRET', ...expectedResultsVariables],
  ),
  'results/show-statement': needs(
    ['sessions', 'accounts', 'entries', 'results', 'releases', 'openings', 'centres'],
    ['ORIGIN_SECRET', 'SERVICE_NAME', ...expectedResultsVariables],
  ),
  'reference/list-exams': needs([], ['ORIGIN_SECRET']),
  'reference/list-countries': needs([], ['ORIGIN_SECRET']),
  'reference/list-languages': needs([], ['ORIGIN_SECRET']),
  'reference/health': needs([], []),
  'reference/answer-unknown-path': needs([], []),
  'imports/start-import': needs(['imports', 'audit'], ['IMPORTS_BUCKET', 'STAGE']),
  'imports/show-import': needs(['imports', 'audit'], ['IMPORTS_BUCKET']),
  'imports/import-entries': needs(
    ['imports', 'entries'],
    ['IMPORTS_BUCKET', 'IMPORTS_QUEUE', 'SECRET_NUMBER_KEY_SECRET', 'SECRET_NUMBER_CIPHER_KEY', 'STAGE'],
  ),
  'imports/import-results': needs(
    ['imports', 'results', 'entries', 'releases', 'corrections'],
    ['IMPORTS_BUCKET', 'IMPORTS_QUEUE', 'STAGE'],
  ),
  'imports/import-centres': needs(['imports', 'centres'], ['IMPORTS_BUCKET', 'IMPORTS_QUEUE', 'STAGE']),
  'release/plan-release': needs(
    [
      ...(['releases', 'corrections', 'openings', 'results', 'entries', 'accounts'] as const),
      ...(['centres', 'summaries', 'imports', 'audit'] as const),
    ],
    ['SITE_URL'],
  ),
  'release/approve-release': needs(
    ['releases', 'corrections', 'results', 'imports', 'outbox', 'audit'],
    ['SCHEDULE_GROUP', 'RELEASE_FUNCTION_ARN', 'SCHEDULE_ROLE_ARN', 'SCHEDULE_DEAD_LETTERS_ARN'],
  ),
  'release/show-release': needs(['releases', 'corrections', 'summaries', 'audit'], []),
  'release/check-readiness': needs(
    ['releases', 'imports', 'accounts', 'results', 'sessions', 'sign-in-guards', 'audit'],
    ['STAGE', 'MAIL_REACH', 'SCHEDULE_GROUP', 'SWEEP_SCHEDULE', 'DEAD_LETTER_QUEUES', 'ALARM_PREFIX'],
  ),
  'release/hold-release': needs(['releases', 'audit'], []),
  'release/resume-release': needs(
    ['releases', 'openings', 'outbox', 'audit'],
    ['SCHEDULE_GROUP', 'RELEASE_FUNCTION_ARN', 'SCHEDULE_ROLE_ARN', 'SCHEDULE_DEAD_LETTERS_ARN'],
  ),
  'release/cancel-release': needs(['releases', 'corrections', 'audit'], []),
  'release/seal-results': needs(['releases', 'corrections', 'openings', 'results'], []),
  'release/release-results': needs(['releases', 'corrections', 'openings', 'outbox', 'audit'], []),
  'privacy/apply-retention': needs(
    [
      'entries',
      'accounts',
      'results',
      'tokens',
      'releases',
      'openings',
      'corrections',
      'deliveries',
      'imports',
      'audit',
    ],
    ['GUARD_KEY_SECRET'],
  ),
  'audit/list-audit-entries': needs(['audit'], []),
  'queues/list-dead-letters': needs(['audit'], ['QUEUE_PREFIX']),
  'queues/redrive-dead-letters': needs(['audit'], ['QUEUE_PREFIX']),
  'events/publish-events': needs([], ['EVENT_BUS']),
  'mail/send-account-email': needs(
    ['accounts', 'entries', 'deliveries', 'tokens'],
    ['MAIL_FROM', 'MAIL_CONFIGURATION_SET', 'MAIL_ALLOW_LIST', 'SITE_URL', 'STAGE'],
  ),
  'mail/plan-result-emails': needs(
    ['accounts', 'results', 'releases', 'openings', 'deliveries'],
    ['RESULT_EMAILS_QUEUE', 'RELEASE_PLANS_QUEUE'],
  ),
  'mail/unsubscribe': needs(['accounts'], ['UNSUBSCRIBE_KEY_SECRET', 'ORIGIN_SECRET']),
  'mail/notify-late-candidate': needs(
    ['accounts', 'results', 'releases', 'openings', 'deliveries'],
    ['RESULT_EMAILS_QUEUE'],
  ),
  'mail/throttle-on-alarm': needs(['deliveries'], []),
  'mail/report-result-emails': needs(['releases', 'deliveries', 'audit'], []),
  'mail/list-unmailed': needs(['releases', 'deliveries', 'audit'], []),
  'mail/reconcile-result-emails': needs(['releases', 'deliveries', 'audit'], ['RESULT_EMAILS_QUEUE']),
  'mail/resend-unknown-emails': needs(['releases', 'deliveries', 'audit'], ['RESULT_EMAILS_QUEUE']),
  'mail/resume-result-emails': needs(['releases', 'deliveries', 'audit'], ['RELEASE_PLANS_QUEUE']),
  'mail/record-email-outcomes': needs(['deliveries', 'accounts', 'outbox'], ['STAGE']),
  'mail/send-result-emails': needs(
    ['accounts', 'entries', 'releases', 'openings', 'deliveries'],
    [
      'MAIL_FROM',
      'MAIL_CONFIGURATION_SET',
      'MAIL_ALLOW_LIST',
      'SITE_URL',
      'RESULT_MAIL_TEMPLATE_PREFIX',
      'RESULT_EMAILS_QUEUE',
      'UNSUBSCRIBE_KEY_SECRET',
      // Mails a second that the service bears.
      'MAIL_HEADROOM',
    ],
  ),
} as const satisfies Record<string, readonly string[]>

/** A function, named by its folder below `functions/`. */
export type FunctionName = keyof typeof environmentContracts

/** The variables one function gets, each a string. */
export type Environment<Name extends FunctionName> = Readonly<
  Record<(typeof environmentContracts)[Name][number], string>
>

export const functionNames = Object.keys(environmentContracts) as FunctionName[]

/** The variables' names, for the stack that has to supply them. */
export const environmentOf = (name: FunctionName): readonly string[] => environmentContracts[name]

/** Throws, naming the variable, if one is missing: a function must not start half-configured. */
export const readEnvironment = <Name extends FunctionName>(
  name: Name,
  from: Readonly<Record<string, string | undefined>> = process.env,
): Environment<Name> => {
  const missing = environmentContracts[name].filter((variable) => from[variable] === undefined)
  if (missing.length > 0) throw new Error(`${name} lacks the environment variables ${missing.join(', ')}`)
  return Object.fromEntries(
    environmentContracts[name].map((variable) => [variable, from[variable]]),
  ) as Environment<Name>
}

function needs<const Table extends TableName, const Other extends string>(
  tables: readonly Table[],
  others: readonly Other[],
): readonly (TableVariableOf<Table> | Other)[] {
  return [...tables.map((table) => tableVariable(table) as TableVariableOf<Table>), ...others]
}

/** The environment variable of one table. */
export type TableVariableOf<Table extends TableName> = Extract<
  TableVariable,
  `${Uppercase<Table extends `${infer A}-${infer B}-${infer C}` ? `${A}_${B}_${C}` : Table>}_TABLE`
>
