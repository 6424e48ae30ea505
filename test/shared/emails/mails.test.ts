import { describe, expect, test } from '@jest/globals'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { catalogue } from '../../../shared/domain/catalogue.ts'
import { type Language, languages } from '../../../shared/domain/language.ts'
import { accountMail } from '../../../shared/emails/account-mail.ts'
import type { RenderedMail } from '../../../shared/emails/document.ts'
import { currentMailTemplates } from '../../../shared/emails/mail-templates.ts'
import { resultMailTemplates, resultMailValues, resultMailVariables } from '../../../shared/emails/result-mail.ts'
import { templateFaults } from '../../../shared/emails/template-faults.ts'
import { mailTexts } from '../../../shared/locales/mail/index.ts'
import { everyMail, siteUrl } from './every-mail.ts'

const templates = resultMailTemplates()
const about = { name: 'Zoë <b>"O\'Neil"<i> & Söhne', exam: 'B2 First', siteUrl }

const all = everyMail(about).map(({ kind, language, mail }) => [kind, language, mail] as const)

/** Every text of a language by its path, with the arguments in it. */
const keysOf = (texts: object, path = ''): string[] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [`${path}${key} ${(value.match(/\{\w+\}/g) ?? []).toSorted().join()}`]
      : keysOf(value as object, `${path}${key}.`),
  )

describe('mails in five languages (R58)', () => {
  test.each(languages)('%s has every text of English, with the same variables', (language) => {
    expect(keysOf(mailTexts[language])).toEqual(keysOf(mailTexts.en))
  })

  test('no text is empty or left in English', () => {
    const flat = (texts: object): string[] =>
      Object.values(texts).flatMap((value) => (typeof value === 'string' ? [value] : flat(value)))
    for (const language of languages) {
      const texts = flat(mailTexts[language])
      expect(texts.filter((text) => text.trim() === '')).toEqual([])
      if (language !== 'en') expect(texts.filter((text) => flat(mailTexts.en).includes(text))).toEqual([])
    }
  })

  test('the tone suits children in every language', () => {
    const formal: Partial<Record<Language, RegExp>> = {
      es: /\b(usted|ustedes|su|sus)\b/i,
      it: /\b(Lei|Suo|Sua|Suoi|Sue)\b/,
      fr: /\b(vous|votre|vos)\b/i,
      de: /\b(Sie|Ihnen|Ihr|Ihre|Ihren|Ihrem|Ihrer)\b/,
    }
    for (const [language, words] of Object.entries(formal)) {
      const spoken = all.filter(([, in_]) => in_ === language).map(([, , { text }]) => text)
      // “Su cuenta” of a third person is no form of address.
      expect(spoken.map((text) => text.replace('los correos sobre su cuenta', '')).join('')).not.toMatch(words)
    }
  })

  test('French punctuation does not wrap to the next line', () => {
    expect(JSON.stringify(mailTexts.fr)).not.toMatch(/ [?!:;»]|« /)
  })

  test.each(all)(
    '%s in %s fills every variable, and has name, site and, if any, exam in text and HTML',
    (kind, language, mail) => {
      for (const part of [mail.subject, mail.text, mail.html]) expect(part).not.toMatch(/[{]\w|\w[}]{2}|\{\{/)
      for (const part of [mail.text, mail.html]) {
        if (/registration|results/.test(kind)) expect(part).toContain('B2 First')
        expect(part).toContain(`${siteUrl}/`)
      }
      expect(mail.text).toContain(about.name)
      expect(mail.html).toContain(`lang="${language}"`)
    },
  )

  test.each(all)('%s in %s shows what was typed as text, not as HTML', (_kind, _language, mail) => {
    expect(mail.html).toContain("Zoë &lt;b&gt;&quot;O'Neil&quot;&lt;i&gt; &amp; Söhne")
    expect(mail.html).not.toContain('<b>')
  })

  test.each(all)('%s in %s loads nothing external, and links only to the site (R59)', (_kind, _language, mail) => {
    expect(mail.html).not.toMatch(/<(img|script|link|iframe)|url\(|@import|src=/i)
    const links = [...mail.html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url ?? '')
    expect(links).toHaveLength(1)
    expect(new URL(links[0] ?? '').origin).toBe(siteUrl)
  })

  test.each(all)('%s in %s has a subject that holds nothing that was typed', (_kind, _language, mail) => {
    expect(mail.subject).not.toContain('Zoë')
    expect(mail.subject).not.toMatch(/[\r\n]/)
    expect(mail.subject.length).toBeLessThan(70)
  })

  test.each(all)(
    '%s in %s has no number except durations: no ID, no Secret number, no score (R41)',
    (_kind, _language, mail) => {
      const words = `${mail.subject}\n${mail.text}`.replace(/https:\S+/g, '').replaceAll('B2 First', '')
      expect((words.match(/\d+/g) ?? []).filter((number) => !['24', '30', '60'].includes(number))).toEqual([])
    },
  )

  test.each(all)('%s in %s names no real board (R56)', (_kind, _language, mail) => {
    const boards = ['Cambridge', ...catalogue.flatMap(({ formerName }) => formerName ?? [])]
    for (const board of boards) expect(`${mail.subject}${mail.text}${mail.html}`).not.toContain(board)
  })

  test.each(all)('%s in %s fits a narrow screen and a dark one', (_kind, _language, mail) => {
    expect(mail.html).toContain('max-width:560px')
    expect(mail.html).not.toMatch(/(?<!max-)width:\s*\d{3,}px/)
    expect(mail.html).toContain('overflow-wrap:anywhere')
    expect(mail.html).toContain('prefers-color-scheme: dark')
    expect(mail.html).toContain('<meta name="color-scheme" content="light dark">')
  })
})

describe('the templates of result mails', () => {
  test('are sound as they are, and hashed', () => {
    const { digest, faults } = currentMailTemplates(sha256)
    expect(faults).toEqual([])
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
  })

  test('use only name, exam and site: no grade, no ID, no Secret number (R51, R41)', () => {
    expect([...resultMailVariables].toSorted()).toEqual(['exam', 'logInUrl', 'nameHtml', 'nameText'])
  })

  const broken: [string, Partial<Record<Language, RenderedMail>>, string][] = [
    ['a language is missing', { ...templates, it: undefined as never }, 'it: there is no template'],
    ['a part is empty', { ...templates, fr: { ...templates.fr, text: ' ' } }, 'fr: the text is empty'],
    [
      'a variable has another name',
      { ...templates, de: { ...templates.de, html: templates.de.html.replace('{{exam}}', '{{exma}}') } },
      'de: nobody supplies {{exma}} of the html',
    ],
    [
      'a variable is left out',
      { ...templates, de: { ...templates.de, text: templates.de.text.replace('{{exam}}', '') } },
      'de: the text leaves out {{exam}}',
    ],
    [
      'a variable stands in the subject',
      { ...templates, en: { ...templates.en, subject: 'Hello {{nameText}}' } },
      'en: nobody supplies {{nameText}} of the subject',
    ],
    [
      'a brace is missing',
      { ...templates, es: { ...templates.es, text: `${templates.es.text}{{exam}` } },
      'es: braces in the text do not match',
    ],
    [
      'the name is not escaped in HTML',
      { ...templates, en: { ...templates.en, html: templates.en.html.replace('nameHtml', 'nameText') } },
      'en: the html leaves out {{nameHtml}}',
    ],
  ]
  test.each(broken)('stop a release where %s', (_, faulty, told) => {
    expect(templateFaults(faulty)).toContain(told)
  })

  test.each(['name', 'exam'] as const)('are not filled with a blank %s', (blank) => {
    expect(resultMailValues({ ...about, [blank]: ' ' })).toBeUndefined()
  })
})

describe('mails about an account', () => {
  const linksOf = (mail: RenderedMail) => mail.text.match(/https:\S+/g)

  test('explain after a lock how to set a new password, and that the lock ends by itself (R24, R30)', () => {
    const mail = accountMail('account-locked', 'en', about)
    expect(mail.subject).toBe('Your account is locked for 30 minutes')
    expect(mail.text).toContain('The lock ends by itself after 30 minutes.')
    expect(mail.text).toContain(`Forgotten your password?\n${siteUrl}/forgotten-password\n`)
    expect(mail.html).toContain('>Forgotten your password?</a>')
  })

  test('contain the given link unchanged, including the token, and its validity (R31)', () => {
    const link = `${siteUrl}/reset-password#token=abc_-XYZ`
    const mail = accountMail('password-reset-requested', 'en', { name: 'Ana', link })
    expect(linksOf(mail)).toEqual([link])
    expect(mail.html).toContain(`href="${link}"`)
    expect(mail.text).toContain('only for 60 minutes')
    const confirm = accountMail('email-change-requested', 'en', { name: 'Ana', link })
    expect(confirm.text).toContain('only for 24 hours')
  })

  test.each(['javascript:alert(1)', 'data:text/html,x', 'reset-password#token=a'])(
    'reject a link such as %s',
    (link) => {
      expect(() => accountMail('password-reset-requested', 'en', { name: 'Ana', link })).toThrow()
      expect(() => accountMail('email-change-requested', 'en', { name: 'Ana', link })).toThrow()
    },
  )

  test('explain that they are independent of the choice about result mails (R09), in every language', () => {
    for (const { mail } of everyMail(about).filter(({ language }) => language === 'en')) {
      expect(mail.text).toContain('We always email you about your account. We never send advertising.')
    }
    for (const language of languages) expect(mailTexts[language].smallPrint).not.toBe('')
  })

  test.each(['', ' ', '\u0000\r\n', '\u202e'])('greet without a name if it is %j', (name) => {
    for (const { kind, mail } of everyMail({ ...about, name })) {
      if (kind.startsWith('results-')) continue
      expect(mail.text).toMatch(/^(Hello|Hola|Ciao|Bonjour|Hallo)[,:]\n/)
    }
  })

  test('are not made without the name of the exam', () => {
    expect(() => accountMail('registration-confirmation', 'en', { ...about, exam: ' ' })).toThrow('blank')
  })
})
