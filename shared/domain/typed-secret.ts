/** Any text up to this length is a try; beyond it, nothing is tried. */
export const maxTryLength = 1_024

export const isTooLongToTry = (typed: string): boolean => typed.length > maxTryLength
