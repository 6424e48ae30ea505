/** A sample candidate's country: common names and the numbers of its exam centres. */
export interface SampleCountry {
  readonly country: string
  readonly givenNames: readonly string[]
  readonly familyNames: readonly string[]
  readonly centres: readonly string[]
}

const words = (text: string): readonly string[] => text.split(' ')

/** Common names, combined at random; no real person is meant. `_` is a space within a name. */
export const sampleCountries: readonly SampleCountry[] = [
  {
    country: 'GB',
    givenNames: words('Amelia Oliver Isla George Ava Noah Grace Arthur Freya Leo Zoë Theo Niamh Rhys Siân Callum'),
    familyNames: words(
      "Smith Jones Taylor Brown Williams Wilson Evans O'Connor Patel MacDonald Hughes Lloyd-Price Khan Murphy",
    ),
    centres: ['GB101', 'GB115', 'GB204'],
  },
  {
    country: 'ES',
    givenNames: words('Lucía Hugo Sofía Mateo Martina Martín María_José Nicolás Inés Álvaro Begoña Íñigo Noa Andrés'),
    familyNames: words(
      'García_López Martínez_Ruiz Fernández_Gil Muñoz_Peña Núñez_Castro Jiménez_Vega Ibáñez_Sáez Yáñez_Ortiz Güell_i_Puig',
    ),
    centres: ['ES310', 'ES327', 'ES402', 'ES455'],
  },
  {
    country: 'IT',
    givenNames: words(
      'Sofia Leonardo Aurora Francesco Giulia Lorenzo Alice Nicolò Beatrice Mattia Niccolò Chiara Noemi',
    ),
    familyNames: words("Rossi Russo Ferrari Esposito Bianchi D'Angelo Colombo Lo_Presti Nardò Dell'Acqua Cantù Forlì"),
    centres: ['IT508', 'IT533', 'IT571'],
  },
  {
    country: 'FR',
    givenNames: words('Chloé Léo Inès Raphaël Zoé Maël Anaïs Jean-Baptiste Hélène François Maëlys Noël Agnès Loïc'),
    familyNames: words("Martin Bernard Lefèvre Müller-Roche Garçon Le_Gall Gauthier D'Aubigné Béranger Bœuf Château"),
    centres: ['FR612', 'FR640', 'FR688'],
  },
  {
    country: 'DE',
    givenNames: words('Mia Jürgen Emma Björn Käthe Finn Jörg Lena Sören Hannah Günther Anneliese Matthäus Zoe'),
    familyNames: words('Müller Schmidt Weiß Schäfer Groß Jäger Köhler von_der_Heide Böhm Yıldız Nowak Strauß Vogt'),
    centres: ['DE701', 'DE733', 'DE790', 'DE812'],
  },
]
