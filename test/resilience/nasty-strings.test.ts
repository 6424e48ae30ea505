import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Mail } from '../support/local-service.ts'
import { fragments } from '../support/nasty-strings/fragments.ts'
import { handMade, nastyStrings } from '../support/nasty-strings/nasty-strings.ts'
import { type NastyReport, runNasty } from '../support/nasty-strings/run.ts'
import { loggedTexts, mailFaults, traces } from '../support/nasty-strings/traces.ts'

/** Five thousand strings that break programs, each put into one place of the API (G6); nightly each into every place. */
const strings = nastyStrings(5_000)

describe('the corpus', () => {
  test('consists of the same five thousand distinct strings every time', () => {
    expect(new Set(strings).size).toBe(5_000)
    expect(nastyStrings(5_000)).toEqual(strings)
    expect(strings.slice(0, handMade.length)).toEqual(handMade)
    expect(Object.keys(fragments).length).toBeGreaterThanOrEqual(20)
  })

  test('contains lone surrogates, null bytes, line breaks, right-to-left text and long texts', () => {
    const like = [/\p{Cs}/u, /\p{Cc}/u, /\r\n/, /\p{Script=Arabic}/u, /\u202e/, /\u200d/, /__proto__/, /^.{8000,}$/su]
    for (const pattern of like) expect(strings.filter((text) => pattern.test(text)).length).toBeGreaterThan(0)
  })
})

describe('the search for traces finds', () => {
  const line = (fields: object) => `[identity/log-in] ${JSON.stringify({ level: 'INFO', ...fields })}\n`

  test('a string in a log line, as it is or spelled otherwise', () => {
    const text = '<b>"Bobby"</b>\r\n'
    expect(traces([text], loggedTexts(line({ reason: `cannot read ${text}` })))).toEqual([text])
    expect(traces([text], loggedTexts(line({ nested: { deep: [JSON.stringify({ text })] } })))).toEqual([text])
    expect(traces([text], loggedTexts(line({ path: `/x/${encodeURIComponent(text)}` })))).toEqual([text])
    expect(traces(['no JSON at all'], loggedTexts('[identity/log-in] Error: no JSON at all\n'))).toEqual([
      'no JSON at all',
    ])
    expect(traces([text], loggedTexts(line({ status: 400 })))).toEqual([])
  })

  const mail: Mail = {
    ...{ id: '1', to: 'a@example.org', subject: 'Welcome', text: 'Dear <b>Bobby</b>', html: 'Dear &lt;b&gt;Bobby' },
    ...{ headers: { 'X-Kind': 'x' }, tags: {}, sentAt: '2026-11-22T09:00:00.000Z' },
  }
  test.each<[string, Partial<Mail>]>([
    ['another recipient', { to: 'a@example.org, b@example.org' }],
    ['the name in the subject', { subject: 'Welcome, <b>Bobby</b>' }],
    ['the address in the subject', { subject: 'For a@example.org' }],
    ['a line end in a header', { headers: { 'X-Kind': 'x\r\nBcc: b@example.org' } }],
    ['the name as page code', { html: 'Dear <b>Bobby</b>' }],
    ['a name that was taken for a template', { text: 'Dear Bobby' }],
  ])('in a mail: %s', (_, change) => {
    const addressee = { email: 'a@example.org', name: '<b>Bobby</b>' }
    expect(mailFaults(mail, addressee)).toEqual([])
    expect(mailFaults({ ...mail, ...change }, addressee)).not.toEqual([])
  })
})

describe('the local run, given each string in one place', () => {
  let report: NastyReport
  beforeAll(async () => {
    report = await runNasty(strings, { everywhere: false, registrants: 60 })
    process.stdout.write(`${report.calls} strings in ${report.places} places:\n${report.tally}\n`)
  }, 600_000)

  test('passes all fourteen checks in every response', () => {
    expect({ faults: report.faults, faultCount: report.faultCount }).toEqual({ faults: [], faultCount: 0 })
    expect(report.calls).toBe(5_000)
  })

  test('writes none of them into logs', () => expect(report.logged).toEqual([]))

  test('writes none of them into subjects, and each mail has one recipient and only their name', () => {
    expect(report.inSubjects).toEqual([])
    expect(report.mailFaults).toEqual([])
    expect(report.mails).toBe(60)
  })
})
