/** More of a name than this is cut off, in characters. */
const longest = 100

/**
 * A name as mails may show it: one line, with no control or direction characters, and nothing that a mail program would
 * turn into a link to somewhere. Blank where nothing is left.
 */
export const readableName = (name: string): string => {
  const line = name
    .normalize('NFC')
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Bidi_Control}\p{Co}\p{Cs}\p{Cn}\ufeff]/gu, '')
    .replace(/[/\\:@]+/g, ' ')
    .replace(/\.(?=[\p{L}\p{N}])/gu, '. ')
    .replace(/ +/g, ' ')
    .trim()
  const characters = [...line]
  return characters.length <= longest
    ? line
    : `${characters
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`
}
