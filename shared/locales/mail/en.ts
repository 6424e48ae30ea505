import type { MailTexts } from './texts.ts'

export const en: MailTexts = {
  greeting: 'Hello {name},',
  resultsReleased: {
    subject: 'Your exam results have been released',
    news: 'The results of your exam {exam} have been released. You can see yours on the results website now.',
    howTo: 'Log in with your ID number and your password. The ID number is on your Confirmation of Entry.',
    button: 'See your results',
    forgotten: 'If you have forgotten your password, you can set a new one on the login page.',
    why: 'You get this email because you asked us to tell you when your results are released. You can change this on the results website, under “My details”.',
  },
  registrationConfirmation: {
    subject: 'Your account is ready',
    news: 'You have registered for the results of your exam {exam}. Your account is ready.',
    howTo:
      'You can log in at any time with your ID number and the password you chose. The ID number is on your Confirmation of Entry.',
    button: 'Log in',
    notYou: 'Was this not you? Then please contact your exam centre.',
    why: 'You get this email because this address was entered at the registration. We never send advertising.',
  },
}
