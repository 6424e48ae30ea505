import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { stageNames } from '../../infra/stages.ts'
import { importKinds } from '../../shared/contracts/messages.ts'
import { sessionPattern } from '../../shared/domain/identifiers.ts'
import { fromIso, toIso } from '../../shared/domain/time.ts'
import { listAudit } from './audit.ts'
import { listDeadLetters, redriveDeadLetters } from './dead-letters.ts'
import { describeFailure } from './describe-failure.ts'
import type { OpsEnvironment } from './environment.ts'
import { importFile, watchStartedImport } from './import-file.ts'
import { checkReadiness } from './readiness.ts'
import { approveRelease, changeRelease, planRelease, showRelease } from './release.ts'
import { reconcileMails, reportMails, resendUnknown, resumeMails } from './release-mails.ts'
import { type CommandResult, connect, type Target } from './target.ts'

const done = 0
const refusedOrFailed = 1
const wrongUse = 2

/**
 * Runs one command of the ops command line and resolves to its exit status: 0 done, 1 refused or failed (the reason is
 * printed), 2 wrong use. Never prompts. With `--json` exactly one JSON object goes to stdout, whatever happens.
 */
export const runOps = async (parameters: readonly string[], environment: OpsEnvironment): Promise<number> => {
  const json = parameters.includes('--json')
  let status = done
  const program = commandLine(environment, async (target, command) => {
    const answer = await command(target)
    environment.stdout(json ? `${JSON.stringify(answer.json)}\n` : answer.text)
    if (!json && answer.refusal) environment.stderr(`${answer.refusal}\n`)
    status = answer.refusal ? refusedOrFailed : done
  })
  try {
    await program.parseAsync(parameters, { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return done
    const told = describeFailure(error)
    if (json) environment.stdout(`${JSON.stringify(told)}\n`)
    // Commander has already printed its own errors.
    if (!(error instanceof CommanderError)) environment.stderr(`${told.reason}\n`)
    return told.error === 'wrong-use' ? wrongUse : refusedOrFailed
  }
}

type Run = (target: Target, command: (target: Target) => Promise<CommandResult>) => Promise<void>

const commandLine = (environment: OpsEnvironment, run: Run): Command => {
  const program = new Command('ops')
    .description('Imports files and releases results, on a deployed stage or in the local run.')
    .option('--json', 'print one JSON object and nothing else on stdout')
    .option('--dry-run', 'show what would be done without changing anything')
    .addOption(new Option('--stage <stage>', 'the deployed stage').choices(stageNames).default('dev'))
    .option('--local <url>', 'use the local run at this URL')
    .option('--as <name>', 'your name, for the local run', personName)
    .exitOverride()
    .configureOutput({ writeOut: environment.stdout, writeErr: environment.stderr })
    .showHelpAfterError('(--help tells how)')

  const act = (command: (target: Target) => Promise<CommandResult>) =>
    run(connect(program.opts(), environment), command)

  program
    .command('import')
    .description('upload a CSV file and wait until it is applied or refused as a whole')
    .addArgument(program.createArgument('<kind>', 'the kind of file').choices(importKinds))
    .argument('<file>', 'the CSV file')
    .addOption(errorsOption(program))
    .action((kind, file, options) => act((target) => importFile(target, kind, file, options)))
  program
    .command('import-status')
    .description('wait for an import that was started before, and show its outcome')
    .argument('<import>', 'the id of the import')
    .addOption(errorsOption(program))
    .action((importId, options) => act((target) => watchStartedImport(target, importId, options)))

  program
    .command('readiness')
    .description('check what would fail on the day of a release, and say what to do; exits with 1 if anything fails')
    .argument('<session>', 'the session', sessionName)
    .action((session) => act((target) => checkReadiness(target, session)))

  const release = program.command('release').description('plan, approve and watch the release of a session')
  release
    .command('plan')
    .description('count the results and plan their release for an instant; for a released session: plan a correction')
    .argument('<session>', 'the session', sessionName)
    .option('--at <instant>', 'when, as an ISO 8601 instant later than the service clock', instant)
    .option('--notify', 'for a correction: mail the candidates concerned')
    .option('--no-notify', 'for a correction: mail nobody')
    .action((session, plan) => act((target) => planRelease(target, session, plan)))
  release
    .command('approve')
    .description('approve what another person has planned')
    .argument('<session>', 'the session', sessionName)
    .option('--manifest <manifest>', 'approve only if the manifest is still this one, as shown by release status')
    .action((session, options) => act((target) => approveRelease(target, session, options)))
  release
    .command('status')
    .description('show the release of a session')
    .argument('<session>', 'the session', sessionName)
    .action((session) => act((target) => showRelease(target, session)))
  const steps = {
    hold: 'hide the results of a session and stop its mails, before or after their instant',
    resume: 'resume a held release; it opens at once if its instant has passed',
    cancel: 'cancel a release that has not happened',
  } as const
  for (const step of ['hold', 'resume', 'cancel'] as const) {
    release
      .command(step)
      .description(steps[step])
      .argument('<session>', 'the session', sessionName)
      .action((session) => act((target) => changeRelease(target, step, session)))
  }
  release
    .command('report')
    .description('show the outcome of the mails of a release')
    .argument('<session>', 'the session', sessionName)
    .option('--correction <id>', 'the correction with this id instead of the release')
    .option('--watch', 'keep watching until no mail is pending, with rate and time left')
    .option('--list', 'list everybody who was not mailed, and why')
    .action((session, options) => act((target) => reportMails(target, session, options)))
  release
    .command('reconcile')
    .description('settle mails in doubt where possible, and show how many stay unknown')
    .argument('<session>', 'the session', sessionName)
    .option('--correction <id>', 'the correction with this id instead of the release')
    .action((session, options) => act((target) => reconcileMails(target, session, options)))
  release
    .command('resend-unknown')
    .description('resend, once, mails that have been unknown for a day')
    .argument('<session>', 'the session', sessionName)
    .option('--correction <id>', 'the correction with this id instead of the release')
    .action((session, options) => act((target) => resendUnknown(target, session, options)))
  release
    .command('resume-mails')
    .description('resume mails that were stopped because too many bounced')
    .argument('<session>', 'the session', sessionName)
    .option('--correction <id>', 'the correction with this id instead of the release')
    .action((session, options) => act((target) => resumeMails(target, session, options)))

  program
    .command('audit')
    .description('show who did what to a release, an import or a queue, and who was refused')
    .argument('<subject>', 'release/SESSION, import/ID, queue/NAME or refused', auditSubject)
    .action((subject) => act((target) => listAudit(target, subject)))

  const deadLetters = program.command('dead-letters').description('list and redrive the messages in dead-letter queues')
  deadLetters
    .command('list')
    .description('show how many messages each queue holds, and what they are')
    .action(() => act((target) => listDeadLetters(target)))
  deadLetters
    .command('redrive')
    .description('move them back to their source queues')
    .option('--queue <name>', 'only this queue, by its name in the list')
    .action(({ queue }) => act((target) => redriveDeadLetters(target, queue)))
  return program
}

const errorsOption = (program: Command) =>
  program.createOption('--errors <file>', 'where to save the list of all bad rows, if the file is refused')

const sessionName = (text: string): string => {
  if (sessionPattern.test(text)) return text
  throw new InvalidArgumentError('A session is 1 to 48 of a–z, 0–9 and hyphens.')
}

const auditSubject = (text: string): string => {
  if (/^(refused|(release|import|queue|candidate)\/[\w-]{1,150})$/.test(text)) return text
  throw new InvalidArgumentError('A subject is release/SESSION, import/ID, queue/NAME or refused.')
}

const instant = (text: string): string => {
  const at = fromIso(text)
  if (at === undefined) throw new InvalidArgumentError('Expected an ISO 8601 instant, such as 2026-12-01T09:00:00Z.')
  return toIso(at)
}

/** Valid IAM role session names, without the delimiters of an Authorization header. */
const personName = (text: string): string => {
  if (/^[\w.@+-]{2,64}$/.test(text)) return text
  throw new InvalidArgumentError('A name is 2 to 64 letters, digits and any of _ . @ + -')
}
