import type { ReleaseAnswer } from '../../shared/contracts/operations-answers.ts'
import type { Answer, Target } from './target.ts'

/** `release plan SESSION --at=INSTANT`: counts, and says what another person has to do next (R63). */
export const planRelease = async (target: Target, session: string, releaseAt: string): Promise<Answer> => {
  if (target.dryRun) {
    return {
      json: { dryRun: true, session, releaseAt, stage: target.stage },
      text: `Would plan the release of ${session} for ${releaseAt} on ${target.place}. Nothing was changed.\n`,
    }
  }
  const release = await (await target.api()).planRelease({ session, releaseAt })
  return {
    json: release,
    text: `${told(release)}Another person now looks at these numbers and approves: release approve ${session}\n`,
  }
}

/** `release approve SESSION`: binds the approval to the manifest that is shown. */
export const approveRelease = async (target: Target, session: string): Promise<Answer> => {
  const api = await target.api()
  const seen = await api.showRelease(session)
  if (target.dryRun) {
    return {
      json: { dryRun: true, ...seen },
      text: `${told(seen)}Would approve this on ${target.place}. Nothing was changed.\n`,
    }
  }
  const release = await api.approveRelease(session, seen.manifest)
  return { json: release, text: told(release) }
}

/** `release status SESSION`. */
export const showRelease = async (target: Target, session: string): Promise<Answer> => {
  const release = await (await target.api()).showRelease(session)
  return { json: release, text: told(release) }
}

const told = (release: ReleaseAnswer): string => {
  const { session, state, releaseAt, releasedAt, plannedBy, approvedBy, counts, manifest } = release
  return [
    `${session}: ${state}, ${releasedAt ? `released at ${releasedAt}` : `to be released at ${releaseAt}`}`,
    `  planned by   ${plannedBy}`,
    `  approved by  ${approvedBy ?? 'nobody yet'}`,
    `  entries      ${counts.entries}, of which ${counts.entriesWithoutResult} without a result`,
    `  results      ${counts.results}, of which ${counts.resultsWithoutEntry} without an entry`,
    `  sealed       ${counts.sealed} of ${counts.results}`,
    `  mails        ${counts.recipients} registered candidates want one, as of the plan`,
    `  manifest     ${manifest}`,
    '',
  ].join('\n')
}
