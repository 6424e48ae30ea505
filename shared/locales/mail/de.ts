import type { MailTexts } from './texts.ts'

export const de: MailTexts = {
  greeting: 'Hallo {name},',
  resultsReleased: {
    subject: 'Deine Prüfungsergebnisse sind da',
    news: 'Die Ergebnisse deiner Prüfung {exam} sind veröffentlicht. Du kannst deines jetzt auf der Ergebnis-Website sehen.',
    howTo:
      'Melde dich mit deiner ID-Nummer und deinem Passwort an. Die ID-Nummer steht auf deiner Anmeldebestätigung (Confirmation of Entry).',
    button: 'Ergebnisse ansehen',
    forgotten: 'Wenn du dein Passwort vergessen hast, kannst du auf der Anmeldeseite ein neues festlegen.',
    why: 'Du bekommst diese E-Mail, weil du uns gebeten hast, dir Bescheid zu geben, wenn deine Ergebnisse veröffentlicht werden. Du kannst das auf der Ergebnis-Website unter „Meine Daten“ ändern.',
  },
  registrationConfirmation: {
    subject: 'Dein Konto ist bereit',
    news: 'Du hast dich für die Ergebnisse deiner Prüfung {exam} registriert. Dein Konto ist bereit.',
    howTo:
      'Du kannst dich jederzeit mit deiner ID-Nummer und dem Passwort anmelden, das du gewählt hast. Die ID-Nummer steht auf deiner Anmeldebestätigung (Confirmation of Entry).',
    button: 'Anmelden',
    notYou: 'Warst du das nicht? Dann wende dich bitte an dein Prüfungszentrum.',
    why: 'Du bekommst diese E-Mail, weil diese Adresse bei der Registrierung angegeben wurde. Wir verschicken nie Werbung.',
  },
}
