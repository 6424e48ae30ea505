import { randomUUID } from 'node:crypto'
import type { CreateScheduleInput, Target } from '@aws-sdk/client-scheduler'
import { type InvokeAsync, stringAttributes } from '../async-invocation.ts'
import type { Journal } from '../journal.ts'
import type { Queues } from '../queues/queues.ts'
import type { ServiceContext } from '../service-context.ts'
import { parseSchedule } from './schedule-expression.ts'

/** A stored schedule; instants in epoch milliseconds. */
export interface KeptSchedule {
  readonly arn: string
  readonly request: CreateScheduleInput
  readonly createdAt: number
  readonly modifiedAt: number
  /** A one-time schedule that has fired and is kept (ActionAfterCompletion NONE). */
  readonly completed?: true
}

/** Schedules, timed by the local clock. */
export interface Schedules {
  get(arn: string): KeptSchedule | undefined
  /** Adds or replaces. */
  put(schedule: KeptSchedule): void
  delete(arn: string): void
  /** Arms all stored schedules, and from now on new ones. */
  start(): void
}

const service = 'scheduler.amazonaws.com'

/**
 * Due schedules start within the clock's callback. Repetitions that the clock jumped over fire once; schedules that
 * became due while the process was down fire at the start, as AWS would have fired them.
 */
export const createSchedules = (
  context: ServiceContext,
  options: {
    readonly queues: Queues
    readonly invokeAsync: InvokeAsync
    readonly journal: Journal<KeptSchedule>
  },
): Schedules => {
  const { authorization, clock, log } = context
  const { journal } = options
  const armed = new Map<string, () => void>()

  const arm = (schedule: KeptSchedule, instant: number | undefined) => {
    armed.get(schedule.arn)?.()
    armed.delete(schedule.arn)
    if (instant === undefined || schedule.completed || schedule.request.State === 'DISABLED') return
    armed.set(
      schedule.arn,
      clock.at(instant, () => fire(schedule, instant)),
    )
  }

  const fire = (schedule: KeptSchedule, due: number) => {
    armed.delete(schedule.arn)
    deliver(schedule, due)
    const timing = timingOf(schedule)
    if (timing?.kind === 'every') {
      const passed = Math.floor((clock.now() - due) / timing.milliseconds) + 1
      return arm(schedule, due + passed * timing.milliseconds)
    }
    if (schedule.request.ActionAfterCompletion === 'DELETE') journal.delete(schedule.arn)
    else journal.set(schedule.arn, { ...schedule, completed: true })
  }

  const deliver = ({ arn, request }: KeptSchedule, due: number) => {
    const { Arn = '', RoleArn = '', DeadLetterConfig, Input } = request.Target ?? ({} as Target)
    const role = { name: `role/${RoleArn.split('/').at(-1)}`, roleArn: RoleArn }
    const input = Input === undefined ? usualInput(context, arn, due) : fillKeywords(Input, arn, due)
    const assumed = authorization.mayAssume(service, groupArnOf(arn), RoleArn)
    if (assumed && authorization.isAllowed(role, { action: 'lambda:InvokeFunction', resource: Arn })) {
      return options.invokeAsync(Arn, JSON.parse(input))
    }
    log(`${arn}: the role ${RoleArn} may not invoke ${Arn}`)
    const queue = DeadLetterConfig?.Arn ? options.queues.find(DeadLetterConfig.Arn) : undefined
    if (!queue || !assumed || !authorization.isAllowed(role, { action: 'sqs:SendMessage', resource: queue.arn })) return
    queue.send({
      body: input,
      senderId: service,
      attributes: stringAttributes({
        SCHEDULE_ARN: arn,
        TARGET_ARN: Arn,
        ERROR_CODE: 'AccessDeniedException',
        ERROR_MESSAGE: `the role ${RoleArn} may not invoke the target`,
      }),
    })
  }

  /** The first time that a schedule fires. */
  const first = (schedule: KeptSchedule): number | undefined => {
    const timing = timingOf(schedule)
    if (timing?.kind === 'every') return clock.now() + timing.milliseconds
    // A schedule created for a past instant never fires.
    return timing && timing.instant >= schedule.modifiedAt ? timing.instant : undefined
  }

  let started = false
  return {
    get: (arn) => journal.get(arn),
    put(schedule) {
      journal.set(schedule.arn, schedule)
      if (started) arm(schedule, first(schedule))
    },
    delete(arn) {
      armed.get(arn)?.()
      armed.delete(arn)
      journal.delete(arn)
    },
    start() {
      started = true
      for (const schedule of journal.values()) arm(schedule, first(schedule))
    },
  }
}

const timingOf = ({ request }: KeptSchedule) =>
  parseSchedule(request.ScheduleExpression ?? '', request.ScheduleExpressionTimezone)

/** `…:schedule/<group>/<name>` → `…:schedule-group/<group>`, the source ARN that a trust policy can require. */
const groupArnOf = (scheduleArn: string): string => scheduleArn.replace(/:schedule\/([^/]+)\/.*$/, ':schedule-group/$1')

/** The context attributes that Scheduler replaces in an input. */
const fillKeywords = (input: string, arn: string, due: number): string =>
  input
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', isoSeconds(due))
    .replaceAll('<aws.scheduler.execution-id>', () => randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1')

const usualInput = ({ assembly }: ServiceContext, arn: string, due: number): string =>
  JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: assembly.account,
    time: isoSeconds(due),
    region: assembly.region,
    resources: [arn],
    detail: '{}',
  })

const isoSeconds = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}Z`
