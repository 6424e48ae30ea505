import type { MailTexts } from './texts.ts'

export const es: MailTexts = {
  greeting: 'Hola, {name}:',
  resultsReleased: {
    subject: 'Los resultados de tu examen ya están publicados',
    news: 'Los resultados de tu examen {exam} ya están publicados. Ya puedes ver el tuyo en la página web de resultados.',
    howTo:
      'Entra con tu número de ID y tu contraseña. El número de ID está en tu confirmación de inscripción (Confirmation of Entry).',
    button: 'Ver tus resultados',
    forgotten: 'Si has olvidado la contraseña, puedes crear una nueva en la página de inicio de sesión.',
    why: 'Recibes este correo porque nos pediste que te avisáramos cuando se publicaran tus resultados. Puedes cambiarlo en la página web de resultados, en «Mis datos».',
  },
  registrationConfirmation: {
    subject: 'Tu cuenta está lista',
    news: 'Te has registrado para ver los resultados de tu examen {exam}. Tu cuenta está lista.',
    howTo:
      'Puedes entrar cuando quieras con tu número de ID y la contraseña que elegiste. El número de ID está en tu confirmación de inscripción (Confirmation of Entry).',
    button: 'Entrar',
    notYou: '¿No has sido tú? Entonces ponte en contacto con tu centro examinador.',
    why: 'Recibes este correo porque esta dirección se indicó en el registro. Nunca enviamos publicidad.',
  },
}
