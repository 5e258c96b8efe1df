import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Workflow } from '../ports/workflow.ts'

/** A blueprint written by hand, or a workflow of the builder. */
export type Runnable = WorkflowBlueprint | Workflow

/** Tells a workflow of the builder from a blueprint, and from anything else that plain JavaScript may pass. */
export function isWorkflow(runnable: Runnable): runnable is Workflow {
  const given: unknown = runnable
  return typeof given === 'object' && given !== null && 'blueprint' in given
}

/** The blueprint of a workflow, or the one that was given. */
export function blueprintOf(runnable: Runnable): WorkflowBlueprint {
  return isWorkflow(runnable) ? runnable.blueprint : runnable
}
