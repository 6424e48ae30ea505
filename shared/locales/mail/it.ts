import type { MailTexts } from './texts.ts'

export const it: MailTexts = {
  greeting: 'Ciao {name},',
  resultsReleased: {
    subject: 'I risultati del tuo esame sono stati pubblicati',
    news: 'I risultati del tuo esame {exam} sono stati pubblicati. Ora puoi vedere il tuo sul sito dei risultati.',
    howTo:
      'Accedi con il tuo numero ID e la tua password. Il numero ID si trova sulla conferma di iscrizione (Confirmation of Entry).',
    button: 'Vedi i tuoi risultati',
    forgotten: 'Se hai dimenticato la password, puoi impostarne una nuova nella pagina di accesso.',
    why: 'Ricevi questa email perché ci hai chiesto di avvisarti quando vengono pubblicati i tuoi risultati. Puoi cambiare questa scelta sul sito dei risultati, in «I miei dati».',
  },
  registrationConfirmation: {
    subject: 'Il tuo account è pronto',
    news: 'La registrazione per vedere i risultati del tuo esame {exam} è completa. Il tuo account è pronto.',
    howTo:
      'Puoi accedere quando vuoi con il tuo numero ID e la password che hai scelto. Il numero ID si trova sulla conferma di iscrizione (Confirmation of Entry).',
    button: 'Accedi',
    notYou: 'Non hai fatto tu questa registrazione? Allora contatta il tuo centro d’esame.',
    why: 'Ricevi questa email perché questo indirizzo è stato inserito durante la registrazione. Non inviamo mai pubblicità.',
  },
}
