import type { Registry, Runnable, Workflow, WorkflowBlueprint } from '@heddle/core'

/** What a FILE defines: what to run, and what it is run with. */
export interface Definition {
  /** FILE as it was given. */
  readonly file: string
  readonly runnable: Runnable
  readonly blueprint: WorkflowBlueprint
  /** The workflow of a builder, if FILE has one. */
  readonly workflow: Workflow | undefined
  /** Handlers given beside the workflow: the `registry` export of FILE and what `--registry` adds. */
  readonly registry: Registry
  /** Whether anything said which handlers there are: without it, they are not checked. */
  readonly hasRegistry: boolean
  /** What subflow nodes may name, by id: the `blueprints` exports. */
  readonly blueprints: Readonly<Record<string, Workflow | WorkflowBlueprint>>
  /** The `dependencies` export, for the handlers. */
  readonly dependencies: unknown
}
