import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { eventually, type LocalService, startLocalService } from '../support/local-service.ts'
import { commandsIn, hasShell, openTerminal } from '../support/terminal.ts'

/** Runs the commands of the operators' results day page exactly as written: R50, R51, R53, R61, R62, R63, R64. */
const describeDay = hasShell ? describe : describe.skip

describeDay('docs/operations/release-day.md', () => {
  let service: LocalService
  let terminal: ReturnType<typeof openTerminal>
  let steps: string[]

  beforeAll(async () => {
    service = await startLocalService()
    terminal = openTerminal()
    steps = [...commandsIn(await readFile('docs/operations/release-day.md', 'utf8'), service.url)]
  }, 120_000)
  afterAll(async () => {
    terminal?.close()
    await service?.stop()
  })

  /** Runs the next block of the page, repeatedly if the page says to wait for a state. */
  const next = () => terminal.type(steps.shift() ?? '')
  const nextUntil = async (what: string, expected: RegExp) => {
    const commands = steps.shift() ?? ''
    return eventually(what, async () => {
      const shown = await terminal.type(commands)
      return expected.test(shown) && shown
    })
  }

  const correctionMails = async () =>
    (await service.mails('lucja@example.org')).filter(({ tags }) => tags.kind === 'results-corrected')

  test('files are imported, and a candidate registers', async () => {
    await next()
    const imported = await next()
    expect(imported).toContain('centres.csv is applied: 1 of 1 rows accepted')
    expect(imported).toContain('entries.csv is applied: 3 of 3 rows accepted')
    expect(await next()).toMatch(/^201$/m)
    expect(await next()).toContain('results.csv is applied: 2 of 2 rows accepted')
  })

  test('one person plans and sees what to check; another approves', async () => {
    const planned = await next()
    expect(planned).toContain('entries without a result: R1000003')
    expect(planned).toMatch(/PL, Europe\/Warsaw/)
    expect(planned).toMatch(/^\[de\] /m)
    const approved = await next()
    expect(approved).toContain('Another person has to approve it')
    expect(approved).toMatch(/approved by +piet/)
    await nextUntil('the seals', /sealed +2 of 2/)
    const ready = await next()
    expect(ready).toMatch(/^ok +seals +All of its 2 results are sealed/m)
    expect(ready).toMatch(/^warn +results +1 entries have no result/m)
    expect(ready).toMatch(/^- +alarms +Not checked here/m)
    expect(ready).not.toContain('FAIL')
  })

  test('at the instant the candidate sees the result and gets a statement; the mail is in the report', async () => {
    await nextUntil('the release', /: released, released at/)
    const seen = await next()
    expect(seen).toMatch(/"status":"released".*"grade":"B"/)
    expect(seen).toMatch(/^200 application\/pdf$/m)
    await nextUntil('the report of the mail', /accepted\D+1\b/)
    expect((await service.mails('lucja@example.org')).map(({ tags }) => tags.kind)).toContain('results-released')
  })

  test('a hold hides it with a notice; resuming shows it again', async () => {
    const held = await nextUntil('the hold to be seen', /"status":"held"/)
    expect(held).not.toContain('"grade"')
    expect(await next()).toContain('Its results are visible again')
  })

  test('a wrong grade is corrected during the hold', async () => {
    const planned = await next()
    expect(planned).toMatch(/correction: planned/)
    expect(planned).toMatch(/changes +1 of 2 results/)
    await nextUntil('the correction', /correction: happened at/)
    const resumed = await next()
    expect(resumed).toContain('visible again')
    const seen = await eventually('the corrected result', async () => {
      const shown = await terminal.type('curl -s -b $COOKIES $API/me/results')
      return shown.includes('corrected') && shown
    })
    expect(seen).toMatch(/"status":"corrected".*"releasedAt":.*"correctedAt":.*"grade":"A"/)
    await eventually('the mail that tells of the correction', async () => (await correctionMails()).length > 0)
  })

  test('a late result is added, and a pending correction is cancelled', async () => {
    expect(await next()).toMatch(/changes +1 of 3 results/)
    // Whoever is quick still cancels it; otherwise it has happened, which the answer says.
    expect(await next()).toMatch(/Nothing is corrected|cannot be taken back/)
  })

  test('unknown mails are reconciled; the correction was announced by one mail', async () => {
    expect(await next()).toContain('0 settled, 0 put back on the queue, 0 unknown')
    const [told, ...more] = await correctionMails()
    expect(more).toEqual([])
    expect(`${told?.subject} ${told?.text}`).not.toMatch(/R1000001|185|C1/)
  })

  test('who did what is shown, and that somebody tried to approve what they had planned', async () => {
    const shown = await next()
    const lines = [
      ...['olga  operation-refused  operation=release/approve-release  reason=same-person', 'olga  release-planned'],
      ...['piet  release-approved', 'piet  release-held', 'olga  release-resumed', 'piet  correction-approved'],
    ]
    for (const line of lines) expect(shown).toContain(line)
    expect(shown).toContain('The audit trail has nothing about refused.')
    expect(steps).toEqual([])
  })
})
