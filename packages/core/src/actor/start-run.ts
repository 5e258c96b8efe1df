import type { FailurePolicy } from '../model/policy.ts'
import type { ParentLink } from '../model/run-message.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { StartReply } from '../ports/run-records.ts'
import { SharedValues } from '../traversal/shared-values.ts'
import type { Definition } from './definitions.ts'
import { randomNonce } from './nonce.ts'

/** A run to start, with its input as serialised text. */
export interface RunToStart {
  readonly runId: string
  readonly input: string
  /** Shared values before the first node runs, over the declared ones. */
  readonly context?: Readonly<Record<string, unknown>>
  /** @default the blueprint's policy, else 'stop' */
  readonly onFailure?: FailurePolicy
  /** @default the blueprint's policy */
  readonly deadlineMs?: number
  readonly parent?: ParentLink
}

/** Creates a run in a store. Somebody has to put the job of the reply into the queue; else the sweeper finds the run. */
export async function startRun(
  store: ICoordinationStore,
  definition: Definition,
  run: RunToStart,
): Promise<StartReply> {
  const { blueprint, key, engine } = definition
  const { policy = {} } = blueprint
  const {
    runId,
    input,
    context = {},
    onFailure = policy.onFailure ?? 'stop',
    deadlineMs = policy.deadlineMs,
    parent,
  } = run
  const values = new SharedValues(policy.context, context).toRecord()
  const shared = Object.entries(values).map(([name, value]) => [name, engine.serializer.serialize(value)])
  return store.start({
    runId,
    incarnation: randomNonce(),
    workflowId: blueprint.id,
    definitionHash: key,
    input,
    shared: Object.fromEntries(shared) as Record<string, string>,
    onFailure,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(parent === undefined ? {} : { parent }),
  })
}
