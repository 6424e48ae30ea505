import type {
  CreateScheduleInput,
  DeleteScheduleInput,
  GetScheduleInput,
  UpdateScheduleInput,
} from '@aws-sdk/client-scheduler'
import { StartUpError } from '../../start-up-error.ts'
import { nameOf } from '../access/role-policies.ts'
import type { InvokeAsync } from '../async-invocation.ts'
import { AwsFault } from '../aws-fault.ts'
import { openJournal } from '../journal.ts'
import type { Route } from '../json-protocols.ts'
import type { Queues } from '../queues/queues.ts'
import type { Operations } from '../service.ts'
import { dataFile, type ServiceContext } from '../service-context.ts'
import { parseSchedule } from './schedule-expression.ts'
import { createSchedules, type KeptSchedule } from './schedules.ts'

export const schedulerRoutes: readonly Route[] = [
  { method: 'POST', path: '/schedules/{Name}', operation: 'CreateSchedule' },
  { method: 'GET', path: '/schedules/{Name}', operation: 'GetSchedule' },
  { method: 'PUT', path: '/schedules/{Name}', operation: 'UpdateSchedule' },
  { method: 'DELETE', path: '/schedules/{Name}', operation: 'DeleteSchedule' },
]
export const schedulerQueryMembers = { groupName: 'GroupName', clientToken: 'ClientToken' }

/** The assembly's schedules, and the Scheduler API. */
export interface Scheduler {
  readonly operations: Operations
  start(): void
  stop(): void
}

/** Throws StartUpError on an unsupported schedule of the assembly. */
export const createScheduler = (
  context: ServiceContext,
  options: { readonly queues: Queues; readonly invokeAsync: InvokeAsync },
): Scheduler => {
  const { assembly, authorization, clock, names } = context
  const made = openJournal<KeptSchedule>(dataFile(context, 'schedules.jsonl'))
  const declared = openJournal<KeptSchedule>()
  const ofApi = createSchedules(context, { ...options, journal: made })
  const ofAssembly = createSchedules(context, { ...options, journal: declared })
  const groups = new Set(['default', ...assembly.ofType('AWS::Scheduler::ScheduleGroup').map(({ id }) => id)])

  for (const resource of assembly.ofType('AWS::Scheduler::Schedule')) {
    const request = { Name: resource.id, ...resource.properties } as unknown as CreateScheduleInput
    const wrong = problemOf(request)
    if (wrong) throw new StartUpError(`${nameOf(resource)}: ${wrong}`)
    const arn = names.schedule(request.GroupName ?? 'default', resource.id)
    ofAssembly.put({ arn, request, createdAt: clock.now(), modifiedAt: clock.now() })
  }

  const checked = <Input extends CreateScheduleInput | UpdateScheduleInput>(request: Input): string => {
    const { GroupName = 'default', Name = '' } = request
    if (!groups.has(GroupName)) {
      throw new AwsFault('ResourceNotFoundException', `Schedule group ${GroupName} does not exist.`, 404)
    }
    const wrong = /^[0-9a-zA-Z-_.]{1,64}$/.test(Name) ? problemOf(request) : `${Name} is no name of a schedule`
    if (wrong) throw new AwsFault('ValidationException', wrong)
    const arn = names.schedule(GroupName, Name)
    const { RoleArn = '' } = request.Target ?? {}
    if (!authorization.mayAssume('scheduler.amazonaws.com', names.scheduleGroup(GroupName), RoleArn)) {
      const message = 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.'
      throw new AwsFault('ValidationException', message)
    }
    return arn
  }

  const existing = ({ GroupName = 'default', Name = '' }: GetScheduleInput): KeptSchedule => {
    const arn = names.schedule(GroupName, Name)
    const found = ofApi.get(arn) ?? ofAssembly.get(arn)
    if (!found) throw new AwsFault('ResourceNotFoundException', `Schedule ${Name} does not exist.`, 404)
    return found
  }

  return {
    start() {
      ofAssembly.start()
      ofApi.start()
    },
    stop: () => made.close(),
    operations: {
      CreateSchedule(request: CreateScheduleInput) {
        const arn = checked(request)
        const found = ofApi.get(arn) ?? ofAssembly.get(arn)
        // An SDK retry has the same client token.
        const repeated = found && request.ClientToken && found.request.ClientToken === request.ClientToken
        if (found && !repeated) throw new AwsFault('ConflictException', `Schedule ${request.Name} already exists.`, 409)
        if (!found) ofApi.put({ arn, request, createdAt: clock.now(), modifiedAt: clock.now() })
        return { ScheduleArn: arn }
      },
      UpdateSchedule(request: UpdateScheduleInput) {
        const arn = checked(request)
        const { createdAt } = existing(request)
        ofApi.put({ arn, request, createdAt, modifiedAt: clock.now() })
        return { ScheduleArn: arn }
      },
      GetSchedule(request: GetScheduleInput) {
        const { arn, createdAt, modifiedAt, request: kept } = existing(request)
        const { ClientToken: _, ...description } = kept
        return {
          GroupName: 'default',
          State: 'ENABLED',
          ...description,
          Arn: arn,
          CreationDate: createdAt / 1_000,
          LastModificationDate: modifiedAt / 1_000,
        }
      },
      DeleteSchedule(request: DeleteScheduleInput) {
        ofApi.delete(existing(request).arn)
      },
    },
  }
}

/** Why a schedule is invalid or unsupported. */
const problemOf = (request: CreateScheduleInput | UpdateScheduleInput): string | undefined => {
  const { ScheduleExpression = '', ScheduleExpressionTimezone, StartDate, EndDate, Target } = request
  if (!parseSchedule(ScheduleExpression, ScheduleExpressionTimezone)) {
    return `the local run does not support the schedule expression ${ScheduleExpression}`
  }
  if (StartDate || EndDate) return 'the local run does not support start and end dates of schedules'
  if (!Target?.Arn?.startsWith('arn:aws:lambda:'))
    return `the local run does not support targets such as ${Target?.Arn}`
  return undefined
}
