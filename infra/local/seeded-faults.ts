import type { BulkEntryFault, CallFault, Faults, FunctionCall } from './faults.ts'

/** Probability of each kind of fault, from 0 to 1. */
export interface FaultProfile {
  /** SES throttles a bulk call. */
  readonly throttledCalls: number
  /** The connection to SES breaks within a bulk call: half of these calls were carried out. */
  readonly ambiguousCalls: number
  /** SES throttles one mail of a bulk call that it accepts. */
  readonly throttledEntries: number
  /** SES does not say whether one mail of a bulk call was sent: half of them were. */
  readonly ambiguousEntries: number
  /** The connection breaks within any other call: half of these were carried out, and the SDK repeats them. */
  readonly lostCalls: number
  /** The function's process is killed at an outbound call: half of the time after the call was carried out. */
  readonly kills: number
  /** A message of a queue is delivered twice. */
  readonly duplicates: number
  /** A message is delivered after later ones. */
  readonly delayed: number
}

/** Faults injected so far, as the rehearsal reports them. */
export interface Injected {
  throttles: number
  ambiguous: number
  crashes: number
  duplicateDeliveries: number
}

export const faultProfiles = {
  none: {
    ...{ throttledCalls: 0, ambiguousCalls: 0, throttledEntries: 0, ambiguousEntries: 0 },
    ...{ lostCalls: 0, kills: 0, duplicates: 0, delayed: 0 },
  },
  /** Of guarantee G4. */
  default: {
    ...{ throttledCalls: 0.05, ambiguousCalls: 0.01, throttledEntries: 0.002, ambiguousEntries: 0.001 },
    ...{ lostCalls: 0.005, kills: 0.005, duplicates: 0.01, delayed: 0.1 },
  },
} as const satisfies Record<string, FaultProfile>

/** Faults are injected into these functions only: everything between a release and its mails. */
const faultyChapters = ['mail/', 'events/', 'release/']
/** Seconds by which a message is late, and by which its second copy may follow. */
const maxDelay = 5
const maxRepeatDelay = 90
/** The first kill happens within so many calls, the first duplicate within so many messages. */
const firstWithin = { kills: 60, duplicates: 5 }

/** Faults drawn at random; `random` gives numbers from 0 to below 1. */
export const seededFaults = (
  profile: FaultProfile,
  random: () => number,
): Faults & { readonly injected: Readonly<Injected> } => {
  const injected: Injected = { throttles: 0, ambiguous: 0, crashes: 0, duplicateDeliveries: 0 }
  const happens = (probability: number) => probability > 0 && random() < probability
  // Rare faults are forced once early, so that a short rehearsal includes them.
  const forced = {
    kills: Math.floor(random() * firstWithin.kills),
    duplicates: Math.floor(random() * firstWithin.duplicates),
  }
  const happensToo = (kind: keyof typeof firstWithin) =>
    happens(profile[kind]) || (profile[kind] > 0 && forced[kind]-- === 0)
  const either = <One>(one: One, other: One): One => (random() < 0.5 ? one : other)
  const count = <Fault>(kind: keyof Injected, fault: Fault): Fault => {
    injected[kind]++
    return fault
  }
  const ofMailCall = (): CallFault | undefined => {
    if (happens(profile.throttledCalls)) return count('throttles', 'throttled')
    return happens(profile.ambiguousCalls) ? count('ambiguous', either('lost-before', 'lost-after')) : undefined
  }
  return {
    injected,
    ofCall({ caller, service, operation }: FunctionCall): CallFault | undefined {
      if (!faultyChapters.some((chapter) => caller.startsWith(chapter))) return undefined
      if (happensToo('kills')) return count('crashes', either('killed-before', 'killed-after'))
      if (service === 'ses' && operation === 'outbound-bulk-emails') return ofMailCall()
      return happens(profile.lostCalls) && service !== 'ses' ? either('lost-before', 'lost-after') : undefined
    },
    ofBulkEntry(): BulkEntryFault | undefined {
      if (happens(profile.throttledEntries)) return count('throttles', 'throttled')
      if (!happens(profile.ambiguousEntries)) return undefined
      return count('ambiguous', either('transient-sent', 'transient-unsent'))
    },
    deliveriesOf() {
      const first = happens(profile.delayed) ? random() * maxDelay : 0
      return happensToo('duplicates') ? count('duplicateDeliveries', [first, random() * maxRepeatDelay]) : [first]
    },
  }
}
