import { type EmbargoFacts, isSealedAndDue, isSessionOpen } from '../../../shared/domain/embargo.ts'
import type { ResultVersion } from '../../../shared/domain/result.ts'
import { statusByDate } from '../../../shared/domain/result-status.ts'
import { expectedDates } from '../../../shared/domain/result-window.ts'
import type { ListedResult } from '../../../shared/protocols/list-results.ts'
import type { Reader } from './embargo-fixture.ts'

type Judge = (versions: readonly ResultVersion[], facts: EmbargoFacts) => ListedResult['result'] | undefined

/** Reads like the service, but decides differently. */
const judgingBy =
  (judge: Judge, note?: (log: Parameters<Reader>[0]['log'], versions: readonly ResultVersion[]) => void): Reader =>
  ({ entries, results, releaseStates, clock, windowRules, log }) =>
  async ({ idNumber }) => {
    const entry = await entries.find(idNumber)
    if (!entry) throw new Error('no entry')
    const facts = { ...(await releaseStates.of(entry.session)), now: clock.now() }
    const versions = await results.versionsOf(idNumber)
    note?.(log, versions)
    const dates = expectedDates(entry, windowRules)
    return [{ entry, ...dates, result: judge(versions, facts) ?? { status: statusByDate(dates, facts.now) } }]
  }

const shown = (version: ResultVersion | undefined): ListedResult['result'] | undefined =>
  version && (version.state === 'final' ? { status: 'released', version } : { status: version.state })

const newest = (versions: readonly ResultVersion[]) => versions.toSorted((a, b) => b.version - a.version)[0]

/** Readers with only one of the gates, and readers that leak unreleased results in other ways. */
export const brokenReaders: Readonly<Record<string, Reader>> = {
  'has the seal alone for a gate': judgingBy((versions, facts) =>
    shown(newest(versions.filter((version) => isSealedAndDue(version, facts)))),
  ),
  'has the opening alone for a gate': judgingBy((versions, facts) =>
    isSessionOpen(facts) ? shown(newest(versions)) : undefined,
  ),
  'trusts the instant that was planned': judgingBy((versions, facts) => {
    const planned = facts.release as { releaseAt?: number } | undefined
    return planned?.releaseAt !== undefined && planned.releaseAt <= facts.now ? shown(newest(versions)) : undefined
  }),
  'says of a loaded result that it is held': judgingBy((versions) =>
    newest(versions)?.state === 'held' ? { status: 'held' } : undefined,
  ),
  'is never late where a result is loaded': judgingBy((versions, facts) =>
    isSessionOpen(facts) || versions.length === 0 ? undefined : { status: 'expected' },
  ),
  'logs how many versions it has read': judgingBy(
    () => undefined,
    (log, versions) => log.info('read', { count: versions.length }),
  ),
}
