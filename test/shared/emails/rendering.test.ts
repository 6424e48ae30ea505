import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { languages } from '../../../shared/domain/language.ts'
import { startChromium } from '../../support/chromium.ts'
import { contrastOf, visualDefects } from '../../support/visual-defects.ts'
import { everyMail, siteUrl } from './every-mail.ts'

/** Where the pictures are left to be looked at. */
const folder = join(import.meta.dirname, '../../../.cache/mail-pictures')

const widths = [320, 600] as const
const schemes = ['light', 'dark'] as const
/** Names are long, and some have nothing to break at. */
const mails = everyMail({
  name: 'Maximiliana Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh',
  exam: 'B1 Preliminary for Schools',
  siteUrl,
})

let browser: Browser
let page: Page
/** What the mails asked the network for. */
const requested: string[] = []

beforeAll(async () => {
  browser = await startChromium()
  page = await browser.newPage()
  await page.route('**', (route) => {
    requested.push(route.request().url())
    return route.abort()
  })
  await mkdir(folder, { recursive: true })
})
afterAll(async () => browser?.close())

/** Faults on each kind of screen, each with the screen's name before it. */
const faultsOnScreens = async (html: string, picture?: string) => {
  const faults: string[] = []
  await page.setContent(html)
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme })
      const screen = `${width}-${colorScheme}`
      faults.push(...(await visualDefects(page)).map((fault) => `${screen}: ${fault}`))
      if (picture) await page.screenshot({ path: join(folder, `${picture}-${screen}.png`), fullPage: true })
    }
  }
  return faults
}

describe('mails as their readers see them, on telephones and wide screens, light and dark (R58)', () => {
  test.each(languages)('in %s nothing is clipped, low in contrast or too small', async (language) => {
    for (const { kind, mail } of mails.filter((one) => one.language === language)) {
      expect({ kind, faults: await faultsOnScreens(mail.html, `${kind}-${language}`) }).toEqual({ kind, faults: [] })
    }
  })

  test('none loads anything from the network (R59)', async () => {
    for (const { mail } of mails.filter(({ language }) => language === 'en')) await page.setContent(mail.html)
    expect(requested).toEqual([])
    await page.setContent('<img src="https://tracker.example/pixel.gif">')
    expect(requested).toEqual(['https://tracker.example/pixel.gif'])
  })

  test('the dark rendering is dark, and the light one light', async () => {
    await page.setContent(mails[0]?.mail.html ?? '')
    const groundIn = async (colorScheme: (typeof schemes)[number]) => {
      await page.emulateMedia({ colorScheme })
      return page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    }
    expect(contrastOf(await groundIn('light'), 'rgb(255, 255, 255)')).toBeLessThan(1.2)
    expect(contrastOf(await groundIn('dark'), 'rgb(0, 0, 0)')).toBeLessThan(1.4)
  })
})

describe('the rendering check', () => {
  const sound = mails.find(({ kind }) => kind === 'password-reset-requested')?.mail.html ?? ''
  const broken: [string, string, string, RegExp][] = [
    ['a block that cannot break', '<p style="', '<p style="white-space:nowrap;', /^320-light: .*too small for what/],
    ['a link that cannot break', 'overflow-wrap:anywhere', '', /^320-light: “https:.*runs from/],
    ['a text that is cut off below', '<p style="', '<p style="height:20px;overflow:hidden;', /too small for what/],
    ['a text that sticks out on the left', '<p style="', '<p style="text-indent:-60px;', /runs from -/],
    ['small print that stays dark in the dark', 'class="small"', '', /^600-dark: .*contrast of/],
    ['a pale button', 'background:#0b5394', 'background:#7fb2e0', /^320-light: .*contrast of/],
    ['tiny letters', 'font-size:15px', 'font-size:9px', /is 9px high/],
    ['no text at all', /<body[^]*<\/body>/.source, '', /there is no text/],
  ]
  test.each(broken)('notices %s', async (_, part, instead, fault) => {
    const html = sound.replaceAll(new RegExp(part.startsWith('<body[') ? part : RegExp.escape(part), 'g'), instead)
    expect(html).not.toBe(sound)
    expect(await faultsOnScreens(html)).toEqual(expect.arrayContaining([expect.stringMatching(fault)]))
  })

  test('measures black on white as 21, and unknown colours as no contrast', () => {
    expect(contrastOf('rgb(0, 0, 0)', 'rgb(255, 255, 255)')).toBeCloseTo(21)
    expect(contrastOf('rgba(0, 0, 0, 0.5)', 'rgb(255, 255, 255)')).toBeNaN()
  })
})
