import type { MailTexts } from './texts.ts'

export const fr: MailTexts = {
  greeting: 'Bonjour {name},',
  resultsReleased: {
    subject: 'Les résultats de ton examen sont publiés',
    news: 'Les résultats de ton examen {exam} sont publiés. Tu peux maintenant voir les tiens sur le site des résultats.',
    howTo:
      'Connecte-toi avec ton numéro d’identification (ID) et ton mot de passe. Ce numéro se trouve sur ta confirmation d’inscription (Confirmation of Entry).',
    button: 'Voir tes résultats',
    forgotten: 'Si tu as oublié ton mot de passe, tu peux en choisir un nouveau sur la page de connexion.',
    why: 'Tu reçois cet e-mail parce que tu nous as demandé de te prévenir quand tes résultats sont publiés. Tu peux changer ce choix sur le site des résultats, sous « Mes informations ».',
  },
  registrationConfirmation: {
    subject: 'Ton compte est prêt',
    news: 'Ton inscription pour voir les résultats de ton examen {exam} est faite. Ton compte est prêt.',
    howTo:
      'Tu peux te connecter à tout moment avec ton numéro d’identification (ID) et le mot de passe que tu as choisi. Ce numéro se trouve sur ta confirmation d’inscription (Confirmation of Entry).',
    button: 'Se connecter',
    notYou: 'Ce n’était pas toi ? Alors contacte ton centre d’examen.',
    why: 'Tu reçois cet e-mail parce que cette adresse a été indiquée lors de l’inscription. Nous n’envoyons jamais de publicité.',
  },
}
