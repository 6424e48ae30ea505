import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import { createTransport, type Transporter } from 'nodemailer'
import { bundleFunctions } from '../../infra/bundle.ts'
import { environmentOf, type FunctionName } from '../../shared/contracts/environments.ts'
import { tables as contracts, type TableName, tableVariable } from '../../shared/contracts/tables.ts'
import { sessionShardOf } from '../../shared/domain/identifiers.ts'
import { epochMilliseconds } from '../../shared/domain/time.ts'
import { resultMailTemplates, resultMailValues } from '../../shared/emails/result-mail.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { sampleAccount, sampleEntry } from '../support/samples.ts'
import { type Comparison, compare } from './measure.ts'

/** Mails of one sample. */
const recipients = 1_000
const rounds = 5
const from = '"Exam results" <no-reply@results.example.org>'
const siteUrl = 'https://results.example.org'
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' }
const region = 'eu-west-1'

/** CPU seconds of this process, all threads, for 100,000 mails. */
const cpuOf = async (send: () => Promise<number>): Promise<number> => {
  const before = process.cpuUsage()
  const sent = await send()
  if (sent !== recipients) throw new Error(`${sent} mails were sent instead of ${recipients}`)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) / 1e6) * (100_000 / sent)
}

type Handler = (event: unknown) => Promise<{ batchItemFailures?: readonly unknown[] }>

/** The planner and the sender as deployed, from their bundles, over a real engine. */
const ourFunctions = async (tables: TestTables, sink: string) => {
  Object.assign(process.env, {
    ...{ AWS_REGION: region, AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' },
    ...{ AWS_ENDPOINT_URL: sink, AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint, POWERTOOLS_LOG_LEVEL: 'SILENT' },
    ...{ MAIL_FROM: from, MAIL_ALLOW_LIST: '*', MAIL_HEADROOM: '1000000', SITE_URL: siteUrl },
    ...{ RESULT_EMAILS_QUEUE: `${sink}/`, RELEASE_PLANS_QUEUE: `${sink}/` },
  })
  const names = ['mail/plan-result-emails', 'mail/send-result-emails'] as const satisfies readonly FunctionName[]
  for (const name of Object.keys(contracts) as TableName[]) process.env[tableVariable(name)] = tables.tableNames[name]
  for (const name of names) for (const variable of environmentOf(name)) process.env[variable] ??= 'bench'
  const folders = bundleFunctions(names)
  const require = createRequire(import.meta.url)
  const [plan, send] = names.map(
    (name) => (require(join(folders(name), 'index.js')) as { handler: Handler }).handler,
  ) as [Handler, Handler]
  const work = async (handler: Handler, messages: readonly unknown[]) => {
    for (const message of messages) {
      const body = typeof message === 'string' ? message : JSON.stringify(message)
      const { batchItemFailures = [] } = await handler({ Records: [{ messageId: 'm', body, eventSource: 'aws:sqs' }] })
      if (batchItemFailures.length > 0) throw new Error(`a message failed: ${body}`)
    }
  }
  const queued = async () => (await (await fetch(`${sink}/queued`)).json()) as string[]
  return async ({ session, releaseId }: { session: string; releaseId: string }) => {
    await queued()
    await work(plan, [{ releaseId, session, lane: 0, lanes: 1 }])
    await work(send, await queued())
    return recipients
  }
}

const newSession = async ({ client, tableNames }: TestTables, number: number) => {
  const session = `bench-${number}`
  const releaseId = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const then = epochMilliseconds(Date.now() - 60_000)
  const rows: [TableName, object][] = [
    ['releases', { session, releaseId, state: 'released', releaseAt: then, counts: { entries: recipients } }],
    ['openings', { session, releaseId, releasedAt: then }],
  ]
  for (let candidate = 0; candidate < recipients; candidate++) {
    const idNumber = `B${number}${String(candidate).padStart(6, '0')}`
    const sessionShard = sessionShardOf(session, idNumber)
    const email = `${idNumber.toLowerCase()}@example.org`
    rows.push(
      ['accounts', { ...sampleAccount({ idNumber, session, email, language: 'en' }), sessionShard }],
      ['entries', { ...sampleEntry({ idNumber, session }), sessionShard }],
      [
        'results',
        {
          ...{ idNumber, session, sessionShard, version: 1, state: 'final', digest: 'd' },
          ...{ payload: { grade: 'B', skills: [] }, sealedFor: releaseId, visibleFrom: then },
        },
      ],
    )
  }
  for (let at = 0; at < rows.length; at += 25) {
    const byTable = Map.groupBy(rows.slice(at, at + 25), ([name]) => name)
    const RequestItems = Object.fromEntries(
      [...byTable].map(([name, items]) => [tableNames[name], items.map(([, Item]) => ({ PutRequest: { Item } }))]),
    )
    await client.send(new BatchWriteCommand({ RequestItems }))
  }
  return { session, releaseId }
}

/** A loop over an in-memory list without any bookkeeping, ten mails at once. */
const nodemailerLoop = (transporter: Transporter) => {
  const { subject, text, html } = resultMailTemplates().en
  const fill = (template: string, values: Readonly<Record<string, string>>) =>
    template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
  return async () => {
    let next = 0
    const loop = async () => {
      while (next < recipients) {
        const number = next++
        const values = resultMailValues({ name: 'Ana', exam: 'B2 First', siteUrl }) ?? {}
        await transporter.sendMail({
          ...{ from, to: `b${number}@example.org`, subject: fill(subject, values) },
          ...{ text: fill(text, values), html: fill(html, values), headers: { 'Auto-Submitted': 'auto-generated' } },
        })
      }
    }
    await Promise.all(Array.from({ length: 10 }, loop))
    return recipients
  }
}

/** CPU for mailing 100,000 candidates, planned, claimed and settled, compared with `nodemailer` loops that only send. */
export const resultMails = async (): Promise<Comparison[]> => {
  const child = fork(join(import.meta.dirname, 'mail-sink-process.ts'), [], { execArgv: [] })
  const tables = await startTables()
  try {
    const [ports] = (await once(child, 'message')) as [{ http: number; smtp: number }]
    const sink = `http://127.0.0.1:${ports.http}`
    const tell = await ourFunctions(tables, sink)
    const sessions: { session: string; releaseId: string }[] = []
    for (let number = 0; number < 2 * (rounds + 1); number++) sessions.push(await newSession(tables, number))
    const ours = () => cpuOf(() => tell(sessions.shift() as (typeof sessions)[number]))
    const sesClient = new SESv2Client({ region, credentials, endpoint: sink })
    const overSes = nodemailerLoop(createTransport({ SES: { sesClient, SendEmailCommand } }))
    const smtp = createTransport({
      host: '127.0.0.1',
      port: ports.smtp,
      pool: true,
      maxConnections: 10,
      maxMessages: 1e6,
      ignoreTLS: true,
    })
    const overSmtp = nodemailerLoop(smtp)
    const beside = (what: string, name: string, loop: () => Promise<number>) =>
      compare(
        what,
        'CPU s for 100,000 mails',
        rounds,
        ['plan and send as deployed: claimed, sent by 49, settled', ours],
        [name, () => cpuOf(loop)],
        'senders’ process only; the loop reads from a list in memory and records nothing',
      )
    const compared = [
      await beside('result mails vs nodemailer over SES', 'nodemailer loop, SES transport of the SDK', overSes),
      await beside('result mails vs nodemailer over SMTP', 'nodemailer loop, pooled SMTP without TLS', overSmtp),
    ]
    smtp.close()
    sesClient.destroy()
    return compared
  } finally {
    child.disconnect()
    await tables.stop()
  }
}
