/** Puts values in the place of `{name}`s; throws where one is missing or blank, so that no half sentence is ever mailed. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? ''
    if (value.trim() === '') throw new Error(`a mail's variable is blank: ${name}`)
    return value
  })
