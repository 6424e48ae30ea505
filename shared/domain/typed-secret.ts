/** Any text of up to this many characters is a try; beyond it, nothing is tried. */
export const maxTryLength = 1_024

/** Counts characters (code points), not what JavaScript calls length: an emoji is one. */
export const isTooLongToTry = (typed: string): boolean =>
  typed.length > maxTryLength && [...typed].length > maxTryLength
