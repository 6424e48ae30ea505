/** IANA zones of a country (ISO 3166-1 alpha-2), as this Node knows them; none of an unknown one. */
export const zonesOfCountry = (country: string): readonly string[] => {
  try {
    // In Node since 18; not yet in TypeScript's library (https://tc39.es/proposal-intl-locale-info/).
    const locale = new Intl.Locale('und', { region: country }) as Intl.Locale & {
      getTimeZones?(): string[] | undefined
    }
    return locale.getTimeZones?.() ?? []
  } catch {
    return []
  }
}
