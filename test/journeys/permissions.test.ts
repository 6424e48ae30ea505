import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { synthesize } from '../../infra/local/assembly/synthesize.ts'
import { entriesCsv, resultsCsv } from '../../infra/local/sample-data/csv.ts'
import { generateEntries, generateResults } from '../../infra/local/sample-data/generate.ts'
import { eventually, type LocalService, startLocalService } from '../support/local-service.ts'

/** Removes three grants from the synthesized templates and runs the service without them (R60, R64). */
const removed = [
  { role: 'identityloginRole', action: 'dynamodb:UpdateItem' },
  { role: 'importsimportresultsRole', action: 's3:GetObjectVersion' },
  { role: 'mailsendaccountemailRole', action: 'ses:SendEmail' },
]

interface Denial {
  readonly principal: string
  readonly action: string
  readonly resource: string
  readonly message: string
}

let folder: string
let service: LocalService
const [entry] = generateEntries({ seed: 7, count: 1, today: '2026-11-22' })
if (!entry) throw new Error('no entry to try with')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'permissions-'))
  const assembly = join(folder, 'assembly')
  await cp(await synthesize('https://results.example.org'), assembly, { recursive: true })
  for (const grant of removed) expect(await removeGrant(assembly, grant)).toBe(1)
  service = await startLocalService(`--assembly=${assembly}`)
})
afterAll(async () => {
  await service?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** How many statements lost the action. */
const removeGrant = async (assembly: string, { role, action }: (typeof removed)[number]): Promise<number> => {
  let count = 0
  for (const name of (await readdir(assembly)).filter((file) => file.endsWith('.template.json'))) {
    const template = JSON.parse(await readFile(join(assembly, name), 'utf8')) as {
      Resources: Record<
        string,
        { Type: string; Properties: { PolicyDocument: { Statement: { Action: string | string[] }[] } } }
      >
    }
    for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
      if (Type !== 'AWS::IAM::Policy' || !id.startsWith(role)) continue
      for (const statement of Properties.PolicyDocument.Statement) {
        const actions = [statement.Action].flat()
        if (!actions.includes(action)) continue
        count++
        const rest = actions.filter((one) => one !== action)
        statement.Action = rest.length > 0 ? rest : 'sts:GetCallerIdentity'
      }
    }
    await writeFile(join(assembly, name), JSON.stringify(template))
  }
  return count
}

const denialOf = (principal: string) =>
  eventually(`a denial for ${principal}`, async () => {
    const { denials } = (await service.getJson('/access.json')) as { denials: Denial[] }
    return denials.find((denial) => denial.principal === principal)
  })

const importFile = async (kind: string, csv: string) => {
  const file = join(folder, `${kind}.csv`)
  await writeFile(file, csv)
  return service.ops('olga', 'import', kind, file)
}

describe('a missing permission fails here as it would when deployed', () => {
  test('the login without permission to reserve a slot', async () => {
    const body = { idNumber: entry.idNumber, password: 'whatever1' }
    const response = await fetch(`${service.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(500)
    const denial = await denialOf('identity/log-in')
    expect(denial).toMatchObject({ action: 'dynamodb:UpdateItem' })
    expect(denial.resource).toMatch(/:table\/.*signinguards/i)
    expect(denial.message).toContain(
      `is not authorized to perform: dynamodb:UpdateItem on resource: ${denial.resource}`,
    )
    await eventually('its name in the log', async () => service.output().includes('AccessDeniedException'))
  })

  test('the confirmation mail without permission to send', async () => {
    expect(await importFile('entries', entriesCsv([entry]))).toMatchObject({ exitCode: 0 })
    const registration = {
      idNumber: entry.idNumber,
      secretNumber: entry.secretNumber,
      email: 'somebody@example.org',
      password: 'Correct4Horse9Battery',
      passwordConfirmation: 'Correct4Horse9Battery',
      country: 'prefer-not-to-say',
      firstLanguage: 'prefer-not-to-say',
      termsAccepted: true,
      emailOptIn: true,
      language: 'en',
    }
    expect((await service.call('POST', '/v1/registrations', { body: registration })).status).toBe(201)
    expect(await denialOf('mail/send-account-email')).toMatchObject({ action: 'ses:SendEmail' })
    expect(await service.mails()).toEqual([])
  })

  test('the import without permission to read its file', async () => {
    const file = join(folder, 'results.csv')
    await writeFile(file, resultsCsv(generateResults([entry])))
    const importing = service.ops('olga', 'import', 'results', file)
    const denial = await denialOf('imports/import-results')
    expect(denial).toMatchObject({ action: 's3:GetObjectVersion' })
    expect(denial.resource).toMatch(/^arn:aws:s3:::.*\/results\/.*\.csv$/)
    await service.stop()
    expect((await importing).exitCode).toBe(1)
  })
})
