import { day, minute } from './time.ts'

/** How long the link to a new password is good for, from its mail on (R31). */
export const resetLinkLives = 60 * minute
/** How long the link that confirms a new address is good for, from the change that asked for it on (R55). */
export const emailLinkLives = day

/** 256 random bits in base64url; anything else is no token and need not be looked for. */
export const isTokenShaped = (text: string): boolean => /^[\w-]{43}$/.test(text)

/** Somebody asked for a link to a new password: when (ISO 8601 UTC), and by which event it was told. */
export interface ResetRequest {
  readonly requestedAt: string
  readonly eventId: string
}

/**
 * Whether one request was made before the other. Of two of the same millisecond, as where a clock stands still, neither
 * was: each gets its link, and the one that is mailed last works.
 */
export const isEarlier = (one: ResetRequest, other: ResetRequest): boolean => one.requestedAt < other.requestedAt
