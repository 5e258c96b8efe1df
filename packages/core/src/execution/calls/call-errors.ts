import { HeddleError } from '../../errors/heddle-error.ts'
import { visitKey, type VisitName } from '../../model/visit.ts'
import type { Workflow } from '../../ports/workflow.ts'

/** The error of a call that the function of a step makes: the step would wait for itself. */
export function nestedCall(name: VisitName, step: string, call: string): HeddleError {
  const visit = visitKey(name)
  return new HeddleError(
    'STEP_MISMATCH',
    `the function of step "${step}" of visit "${visit}" makes the durable call "${call}"; make it before, after or beside the step`,
    { details: { visit, step, call }, retryable: false },
  )
}

/** The workflow that `invoke` is to run. @throws HeddleError `INVALID_OPTION` for what is none: a blueprint, where nothing checks types */
export function blueprintIdOf(name: string, workflow: Workflow | string): string {
  if (typeof workflow === 'string') return workflow
  const { blueprint } = (workflow ?? {}) as Partial<Workflow>
  if (blueprint === undefined) throw noWorkflow(name, workflow)
  return blueprint.id
}

function noWorkflow(name: string, given: unknown): HeddleError {
  const id = typeof given === 'object' && given !== null && 'id' in given ? given.id : undefined
  const mend = typeof id === 'string' ? `; of a blueprint give the id, ${JSON.stringify(id)}` : ''
  const message = `invoke "${name}" takes a workflow that defineWorkflow made, or the id of one that the runtime was given${mend}`
  return new HeddleError('INVALID_OPTION', message, { details: { call: name, option: 'workflow' }, retryable: false })
}

/** The moment when a sleep ends. @throws HeddleError `INVALID_OPTION` */
export function timeOf(name: string, moment: Date): number {
  const time = moment.getTime()
  if (Number.isFinite(time)) return time
  throw new HeddleError(
    'INVALID_OPTION',
    `sleep "${name}" is to end at an invalid Date; give a duration or a valid one`,
    {
      details: { sleep: name },
    },
  )
}

/** The error of an `invoke` of a workflow that nobody knows here. */
export function unknownBlueprint(name: string, blueprintId: string): HeddleError {
  return new HeddleError(
    'UNKNOWN_BLUEPRINT',
    `invoke "${name}" names workflow "${blueprintId}", which the runtime was not given; add it to its blueprints, or to the worker's workflows`,
    { details: { call: name, blueprintId } },
  )
}
