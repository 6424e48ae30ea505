import type { ReleaseAnswer } from '../../shared/contracts/operations-answers.ts'
import { voidManifest } from '../../shared/domain/manifest.ts'
import { OpsFailure } from './environment.ts'
import type { CommandResult, Target } from './target.ts'

/** Options of `release plan`. */
export interface PlanOptions {
  readonly at?: string
  /** Only for a correction, and required there. */
  readonly notify?: boolean
}

/** `release plan SESSION --at=INSTANT`: shows the counts and the next step for a second person (R63). */
export const planRelease = async (target: Target, session: string, plan: PlanOptions): Promise<CommandResult> => {
  const { at: releaseAt, notify } = plan
  const asked = {
    session,
    ...(releaseAt !== undefined && { releaseAt }),
    ...(notify !== undefined && { notify }),
  }
  if (releaseAt === undefined && notify === undefined) {
    throw new OpsFailure(
      'wrong-use',
      'A release needs --at=INSTANT; a correction of what was released needs --notify or --no-notify.',
    )
  }
  if (target.dryRun) {
    const what = notify === undefined ? 'release' : 'correction'
    const when = releaseAt === undefined ? 'as soon as it is approved' : `for ${releaseAt}`
    return {
      json: { dryRun: true, ...asked, stage: target.stage },
      text: `Would plan the ${what} of ${session} ${when} on ${target.place}. Nothing was changed.\n`,
    }
  }
  const release = await (await target.api()).planRelease(asked)
  return {
    json: release,
    text: `${told(release)}${toldPlan(release)}Another person now looks at these numbers and approves: release approve ${session}\n`,
  }
}

/**
 * `release approve SESSION`: binds the approval to the given manifest; without one, to the current manifest, which may
 * belong to another plan than the one that was reviewed.
 */
export const approveRelease = async (
  target: Target,
  session: string,
  { manifest }: { readonly manifest?: string },
): Promise<CommandResult> => {
  const api = await target.api()
  const seen = await api.showRelease(session)
  if (target.dryRun) {
    return {
      json: { dryRun: true, ...seen },
      text: `${told(seen)}Would approve this on ${target.place}. Nothing was changed.\n`,
    }
  }
  const release = await api.approveRelease(session, manifest ?? manifestToApprove(seen))
  return { json: release, text: told(release) }
}

/** The manifest of a correction that awaits approval, else of the release. */
const manifestToApprove = ({ manifest, correction }: ReleaseAnswer): string =>
  correction?.state === 'planned' || correction?.state === 'approved' ? correction.manifest : manifest

/** `release status SESSION`. */
export const showRelease = async (target: Target, session: string): Promise<CommandResult> => {
  const release = await (await target.api()).showRelease(session)
  return { json: release, text: told(release) }
}

/** `release hold|resume|cancel SESSION`: one person stops, resumes or cancels a release (R63). */
export const changeRelease = async (
  target: Target,
  step: 'hold' | 'resume' | 'cancel',
  session: string,
): Promise<CommandResult> => {
  const api = await target.api()
  if (target.dryRun) {
    const seen = await api.showRelease(session)
    return {
      json: { dryRun: true, ...seen },
      text: `${told(seen)}Would ${step} this on ${target.place}. Nothing was changed.\n`,
    }
  }
  const calls = { hold: api.holdRelease, resume: api.resumeRelease, cancel: api.cancelRelease }
  const release = await calls[step](session)
  return { json: release, text: `${told(release)}${next[step](release)}\n` }
}

/** The next step, for people. */
const next: Readonly<Record<'hold' | 'resume' | 'cancel', (release: ReleaseAnswer) => string>> = {
  hold: ({ session, releasedAt }) =>
    `${releasedAt ? 'Its results are hidden' : 'Its results stay hidden'} and its mails wait, until: release resume ${session}`,
  resume: ({ session, releasedAt, releaseAt }) =>
    releasedAt
      ? 'Its results are visible again, and its mails continue.'
      : `It opens at ${releaseAt}, or in a moment if that has passed: release status ${session}`,
  cancel: ({ correction }) =>
    correction
      ? 'Nothing is corrected; what was released stays as it is.'
      : 'It will not be opened. It can be planned again.',
}

const told = (release: ReleaseAnswer): string => {
  const { session, state, releaseAt, releasedAt, plannedBy, approvedBy, counts, manifest, lastStep, correction } =
    release
  return [
    `${session}: ${state}, ${releasedAt ? `released at ${releasedAt}` : instantOf[state](releaseAt)}`,
    `  planned by   ${plannedBy}`,
    `  approved by  ${approvedBy ?? 'nobody yet'}`,
    ...(lastStep ? [`  last step    ${lastStep.step}, by ${lastStep.by} at ${lastStep.at}`] : []),
    `  entries      ${counts.entries}, of which ${counts.entriesWithoutResult} without a result`,
    `  results      ${counts.results}, of which ${counts.resultsWithoutEntry} without an entry`,
    `  sealed       ${counts.sealed} of ${counts.results}`,
    `  mails        ${counts.recipients} registered candidates want one, as of the plan`,
    ...(correction ? [] : toldPreview(release)),
    ...toldManifest(manifest),
    '',
    ...(correction ? [toldCorrection(correction, release)] : []),
  ].join('\n')
}

/** The meaning of the instant for a release that has not happened yet. */
const instantOf: Readonly<Record<ReleaseAnswer['state'], (releaseAt: string) => string>> = {
  planned: (releaseAt) => `to be released at ${releaseAt} once another person has approved it`,
  approved: (releaseAt) => `to be released at ${releaseAt}`,
  held: (releaseAt) => `not released until it is resumed; was to be released at ${releaseAt}`,
  released: (releaseAt) => `to be released at ${releaseAt}`,
  cancelled: (releaseAt) => `not released; was to be released at ${releaseAt}`,
}

const toldManifest = (manifest: string): string[] =>
  manifest === voidManifest
    ? [
        '  manifest     void',
        '  ! the counted results have changed since; plan it again, then have another person approve it',
      ]
    : [`  manifest     ${manifest}`]

/** Details shown only for a plan: candidates to check, and the mails. */
const toldPlan = ({ findings, samples = [] }: ReleaseAnswer): string => {
  const listed = (what: string, idNumbers: readonly string[] = []) =>
    idNumbers.length > 0 ? [`  ! ${what}: ${idNumbers.join(', ')}\n`] : []
  return [
    ...listed('entries without a result', findings?.entriesWithoutResult),
    ...listed('results without an entry', findings?.resultsWithoutEntry),
    ...listed('entries whose name no mail can show', findings?.blankNames),
    ...samples.map(
      ({ language, subject, text }) => `\n[${language}] ${subject}\n\n${text.replace(/^/gm, '  ').trimEnd()}\n`,
    ),
    samples.length > 0 ? '\n' : '',
  ].join('')
}

/** Of what was planned last: of the correction, where there is one. */
const toldPreview = ({ preview }: ReleaseAnswer): string[] => {
  if (!preview) return []
  const { recipientsByLanguage, outliers, comparedWith, localTimes } = preview
  const languages = recipientsByLanguage.map(({ language, recipients }) => `${language} ${recipients}`)
  const compared =
    comparedWith.sessions === 0
      ? 'no earlier release of this exam'
      : `${comparedWith.sessions} earlier releases of this exam, ${comparedWith.results} of their results`
  return [
    `  languages    ${languages.length > 0 ? languages.join(', ') : 'nobody is mailed'}`,
    ...localTimes.map(
      ({ country, zone, local, offset }, index) =>
        `${index === 0 ? '  local times ' : '              '} ${local} (${offset}) ${country ? `${country}, ` : ''}${zone}`,
    ),
    `  compared     with ${compared}${outliers.length === 0 && comparedWith.sessions > 0 ? ': no outliers' : ''}`,
    ...outliers.map((outlier) => `  ! ${outlier}`),
  ]
}

const toldCorrection = (correction: NonNullable<ReleaseAnswer['correction']>, release: ReleaseAnswer): string => {
  const { correctionId, state, correctAt, correctedAt, notify, plannedBy, approvedBy, counts, manifest } = correction
  const standings = {
    planned: `planned, for ${correctAt} or its approval, whichever is later`,
    approved: `approved, for ${correctAt} or a few seconds after its approval, whichever is later`,
    released: `happened at ${correctedAt}`,
    cancelled: 'cancelled; nothing is corrected by it',
  }
  return [
    `correction: ${standings[state]}`,
    `  planned by   ${plannedBy}`,
    `  approved by  ${approvedBy ?? 'nobody yet'}`,
    `  changes      ${counts.changes} of ${counts.results} results`,
    `  sealed       ${counts.sealed} of ${counts.results}`,
    `  mails        ${notify ? `${counts.recipients} registered candidates are mailed` : 'nobody is mailed'}`,
    ...toldPreview(release),
    `  id           ${correctionId}${notify ? ' (of its mails: release report … --correction=ID)' : ''}`,
    ...toldManifest(manifest),
    '',
  ].join('\n')
}
