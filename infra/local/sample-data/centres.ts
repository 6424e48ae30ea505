import type { Centre } from '../../../shared/domain/centre.ts'
import { sampleCountries } from './people.ts'

/** Two towns and typical school names for each country of the sample candidates. */
const places: Readonly<
  Record<string, { readonly cities: readonly string[]; readonly names: readonly string[]; readonly dial: string }>
> = {
  GB: {
    cities: ['Leeds', 'Cardiff', 'Exeter'],
    names: ['Northgate Language School', 'Harbour College'],
    dial: '+44 113',
  },
  ES: {
    cities: ['Sevilla', 'A Coruña', 'València', 'León'],
    names: ['Centro de Idiomas Añil', 'Academia La Peña'],
    dial: '+34 954',
  },
  IT: {
    cities: ['Forlì', 'Torino', 'Bari'],
    names: ['Scuola di Lingue «Il Ponte»', 'Istituto Cantù'],
    dial: '+39 0543',
  },
  FR: {
    cities: ['Besançon', 'Nîmes', 'Lille'],
    names: ["Centre de langues de l'Étoile", 'École Béranger'],
    dial: '+33 3 81',
  },
  DE: {
    cities: ['Köln', 'Lübeck', 'Gießen', 'München'],
    names: ['Sprachschule am Schloß', 'Volkshochschule Süd, Haus 2'],
    dial: '+49 221',
  },
}

/** The holiday period in which every fifth centre is closed. */
const holidays = { closedFrom: '2026-12-21', closedTo: '2027-01-06' }

/** The sample candidates' centres and as many more; all invented, with contact details that do not exist. */
export const sampleCentres: readonly Centre[] = sampleCountries.flatMap(({ country, centres }) => {
  const { cities, names, dial } = places[country] ?? { cities: [country], names: [country], dial: '+1 555' }
  return [...centres, ...centres.map((number) => `${number}-2`)].map((centreNumber, index): Centre => {
    const host = `${centreNumber.toLowerCase()}.example.org`
    const city = cities[index % cities.length] ?? country
    return {
      centreNumber,
      name: `${names[index % names.length]}, ${city}`,
      country,
      city,
      email: `exams@${host}`,
      phone: index % 4 === 3 ? '' : `${dial} ${String(100_200 + 37 * index)}`,
      website: index % 3 === 2 ? '' : `https://${host}/`,
      ...(index % 5 === 4 && holidays),
    }
  })
})
