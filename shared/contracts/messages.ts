import * as z from 'zod/mini'

/** Queue `release-plans`, beside the `results-released` envelope: plan one lane, going on where its progress row says. */
export const planLaneMessage = z.strictObject({
  releaseId: z.string(),
  session: z.string(),
  lane: z.number(),
  /** Number of the plan's lanes. */
  lanes: z.number(),
  /** The correction's id, if its mails are planned. */
  correctionId: z.optional(z.string()),
})
export type PlanLaneMessage = z.infer<typeof planLaneMessage>

/** Queue `result-emails`: send one wave, the batch rows of one partition of the deliveries table with a common prefix. */
export const sendWaveMessage = z.strictObject({
  releaseId: z.string(),
  session: z.string(),
  /** The partition. */
  scope: z.string(),
  /** What the batches' sort keys begin with. */
  wave: z.string(),
  /** How often all of its calls were refused by the mail service. */
  refusals: z.optional(z.number()),
})
export type SendWaveMessage = z.infer<typeof sendWaveMessage>

/** A state change of a CloudWatch alarm, as reduced by the rule on the default bus. */
export const alarmChangeMessage = z.object({ alarm: z.string(), state: z.string(), time: z.iso.datetime() })

/** An SES event about a mail, as reduced by the rules on the default bus: no address, no subject. */
export const emailOutcomeMessage = z.union([
  z.object({
    type: z.string(),
    release: z.string(),
    delivery: z.string(),
    address: z.string(),
    /** Of bounces: `Permanent`, `Transient` or `Undetermined`. */
    bounceType: z.optional(z.string()),
  }),
  z.object({ type: z.string(), event: z.string(), address: z.string(), bounceType: z.optional(z.string()) }),
])
export type EmailOutcomeMessage = z.infer<typeof emailOutcomeMessage>

/** Input of `release-results`: from a release's own schedule, or from the sweep that runs every minute. */
export const releaseTrigger = z.union([
  z.strictObject({ session: z.string(), releaseId: z.string() }),
  z.strictObject({ sweep: z.literal(true) }),
])
export type ReleaseTrigger = z.infer<typeof releaseTrigger>

const keptDays = z.int().check(z.minimum(90))

/**
 * Input of `apply-retention`: for how many days what is kept. The least that may be said guards against a slip that would
 * delete everything.
 */
export const retentionTrigger = z.strictObject({
  /** From the exam on: a candidate's account, entry and results. */
  candidateDays: keptDays,
  /** From its instant on: a release with its opening and the account of its mails. */
  releaseDays: keptDays,
  /** That an account mail was sent; it keeps a replayed event from sending it again. */
  accountMailDays: keptDays,
  /** That a file was imported, by whom. */
  importDays: keptDays,
  /** A line of the audit trail. */
  auditDays: keptDays,
})
export type RetentionDays = z.infer<typeof retentionTrigger>

/** Kinds of files that can be imported; the object's key in the imports bucket is `<kind>/<importId>.csv`. */
export const importKinds = ['entries', 'results', 'centres'] as const
export type ImportKind = (typeof importKinds)[number]
export const importObjectKey = (kind: ImportKind, importId: string): string => `${kind}/${importId}.csv`
/** Every bad row of a refused file, beside its report. */
export const importErrorsKey = (importId: string): string => `reports/${importId}-errors.csv`
export const importReportKey = (importId: string): string => `reports/${importId}.json`

/** An EventBridge `Object Created` event of S3, as a rule delivers it to the import queues. */
export const objectCreated = z.object({
  source: z.literal('aws.s3'),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), size: z.number(), 'version-id': z.optional(z.string()) }),
  }),
})

/** The import that an object's key names; undefined for objects that are no import file of this kind. */
export const importOfObjectKey = (kind: ImportKind, key: string): string | undefined => {
  const [, folder, importId] = /^([a-z]+)\/([a-z0-9-]{1,64})\.csv$/.exec(key) ?? []
  return folder === kind ? importId : undefined
}
