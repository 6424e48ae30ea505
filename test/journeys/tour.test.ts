import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { eventually, type LocalService, startAsNewcomer } from '../support/local-service.ts'
import { commandsIn, hasShell, openTerminal } from '../support/terminal.ts'

/** Runs the commands of the README's tour exactly as written: R01, R11, R22–R24, R50, R51, R61, R63, R64. */
const describeTour = hasShell ? describe : describe.skip

describeTour("the README's tour", () => {
  let service: LocalService
  let terminal: ReturnType<typeof openTerminal>
  let steps: readonly string[]

  beforeAll(async () => {
    service = await startAsNewcomer()
    terminal = openTerminal()
    const readme = await readFile('README.md', 'utf8')
    const [, tour = ''] = /^## A tour in ten minutes\n(.*?)^## /ms.exec(readme) ?? []
    steps = commandsIn(tour, service.url)
    expect(steps).toHaveLength(9)
  }, 120_000)
  afterAll(async () => {
    terminal?.close()
    await service?.stop()
  })

  const step = (index: number) => terminal.type(steps[index] ?? '')

  test('the start names the candidate of the tour', () => {
    expect(service.output()).toContain('B93018145')
  })

  test('registers, and the confirmation is in the mailbox', async () => {
    expect(await step(0)).toMatch(/^HTTP\/1.1 201/m)
    const [mail] = await eventually('the mail', async () => {
      const mails = await service.mails('guenther@example.org')
      return mails.length > 0 && mails
    })
    expect(mail?.tags.kind).toBe('registration-confirmation')
  })

  test('is locked out, the right password included', async () => {
    const answers = await step(1)
    expect(answers.match(/This account has been locked\. Please try again in 30 minutes\./g)).toHaveLength(2)
  })

  test('moves the clock, logs in and sees no result yet', async () => {
    const shown = await step(2)
    expect(shown).toMatch(/^HTTP\/1.1 201/m)
    expect(shown).toMatch(/"status":"(awaited|expected|late)"/)
    expect(shown).not.toContain('grade')
  })

  test('a release takes two people', async () => {
    const shown = await step(3)
    expect(shown).toContain('Another person has to approve it')
    expect(shown).toMatch(/approved by +piet/)
  })

  test('results are sealed, then released at the instant, with a mail', async () => {
    await eventually('the seals', async () => /sealed +10 of 10/.test(await step(4)))
    await eventually('the released result', async () => /"status":"released".*"grade"/.test(await step(5)))
    expect(await step(6)).toContain('200 application/pdf')
    const said = await eventually('the mail', async () => {
      const shown = await step(7)
      return shown.includes('results-released') && shown
    })
    const mails: { tags: { kind: string } }[] = JSON.parse(said.slice(0, said.lastIndexOf(']') + 1))
    expect(mails.map(({ tags }) => tags.kind)).toEqual([
      'results-released',
      'account-locked',
      'registration-confirmation',
    ])
  })

  test('works with your own files', async () => {
    const shown = await step(8)
    expect(shown).toContain('entries.csv is applied: 1000 of 1000 rows accepted')
    expect(shown).toContain('results.csv is applied: 1000 of 1000 rows accepted')
  })
})
