import { outliers, together } from '../../../shared/domain/distribution.ts'
import { localTimes } from '../../../shared/domain/local-times.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import type { SessionSummary } from '../../../shared/domain/release-preview.ts'
import { wasOpened } from '../../../shared/domain/release-transitions.ts'
import type { Releases } from '../../../shared/ports/releases.ts'
import type { SessionDetails } from '../../../shared/ports/session-details.ts'
import type { SessionSummaries } from '../../../shared/ports/session-summaries.ts'
import type { Counted } from './count-for-plan.ts'

export interface PreviewPorts {
  readonly releases: Pick<Releases, 'find'>
  readonly details: SessionDetails
  readonly summaries: SessionSummaries
  readonly zonesOf: (country: string) => readonly string[]
}

/** Findings for planner and approver, stored with the plan; compared with earlier released sessions only. */
export const previewOf = async (
  { releases, details, summaries, zonesOf }: PreviewPorts,
  { session, releaseId, releaseAt }: PlannedRelease,
  { recipientsByLanguage, distribution, centreNumbers }: Counted,
): Promise<SessionSummary> => {
  const exam = (await details.factsOf(session))?.exam ?? ''
  const others = exam === '' ? [] : (await summaries.ofExam(exam)).filter((other) => other.session !== session)
  const wereOpened = await Promise.all(
    others.map(async (other) => {
      const release = await releases.find(other.session)
      return release !== undefined && wasOpened(release)
    }),
  )
  const compared = others.filter((_, index) => wereOpened[index])
  const earlier = together(compared.map((other) => other.distribution))
  const countries = await details.countriesOf(centreNumbers)
  return {
    session,
    releaseId,
    exam,
    distribution,
    preview: {
      recipientsByLanguage,
      outliers: outliers(distribution, earlier),
      comparedWith: { sessions: compared.length, results: earlier.results },
      localTimes: localTimes(releaseAt, countries, zonesOf),
    },
  }
}
