import { mailTexts } from '../../../shared/locales/mail/index.ts'
import type { ApiCall } from '../api-calls/api-call.ts'
import { createApiFixture } from '../api-calls/api-fixture.ts'
import { openRawHttp } from '../api-calls/raw-http.ts'
import { textsIn } from '../api-calls/requests.ts'
import { type Report, runCalls } from '../api-calls/run.ts'
import { type LocalService, startLocalService } from '../local-service.ts'
import { type InjectionPoint, injectionPoints } from './injection-points.ts'
import { registerWithNastyNames } from './nasty-names.ts'
import { loggedTexts, mailFaults, traces } from './traces.ts'

export interface NastyReport extends Report {
  readonly places: number
  /** Strings found in logs. */
  readonly logged: readonly string[]
  /** Strings found in subjects of mails. */
  readonly inSubjects: readonly string[]
  readonly mails: number
  readonly mailFaults: readonly string[]
}

const concurrency = 8

/** The fixed subjects of mails. */
const written = new Set(textsIn(JSON.stringify(mailTexts)))

/** Sends the strings to the local run, each in one place in turn or in all places, and searches its outputs for them. */
export const runNasty = async (
  strings: readonly string[],
  { everywhere, registrants }: { readonly everywhere: boolean; readonly registrants: number },
): Promise<NastyReport> => {
  const service = await startLocalService()
  try {
    const places = injectionPoints(await createApiFixture(service))
    const before = loggedTexts(service.output())
    const http = openRawHttp(service.url, concurrency)
    const report = await runCalls(http, callsWith(strings, places, everywhere), concurrency)
    http.close()
    const mailed = await lookAtMails(service, registrants)
    const logged = [...loggedTexts(service.output())].filter((text) => !before.has(text))
    const subjects = (await service.mails()).map(({ subject }) => subject).filter((subject) => !written.has(subject))
    return {
      ...report,
      ...mailed,
      places: places.length,
      logged: traces([...strings, ...mailed.texts], logged),
      inSubjects: traces([...strings, ...mailed.texts], subjects),
    }
  } finally {
    await service.stop()
  }
}

/** Each string in the next place in turn, or in every place; grouped by place, as function starts cost time. */
function* callsWith(
  strings: readonly string[],
  places: readonly InjectionPoint[],
  everywhere: boolean,
): Generator<ApiCall> {
  for (const [nth, place] of places.entries()) {
    for (const [index, text] of strings.entries()) {
      if (everywhere || index % places.length === nth) yield place.put(text, index * places.length + nth)
    }
  }
}

const lookAtMails = async (service: LocalService, registrants: number) => {
  const { addressees, mails } = await registerWithNastyNames(service, registrants)
  const faults = addressees.flatMap((addressee) => {
    const own = mails.filter(({ to }) => to === addressee.email)
    return own.length === 1
      ? own.flatMap((mail) => mailFaults(mail, addressee))
      : [`${addressee.email} got ${own.length} mails`]
  })
  const texts = addressees.flatMap(({ email, name }) => [email, name])
  return { mails: mails.length, mailFaults: faults, texts }
}
