import { HeddleError } from '../errors/heddle-error.ts'
import { runConflict } from '../errors/run-errors.ts'
import { startFact } from '../execution/run/start-and-end-facts.ts'
import type { FailurePolicy } from '../model/policy.ts'
import type { RunJob } from '../model/run-job.ts'
import type { ParentLink } from '../model/run-message.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { StartReply } from '../ports/run-records.ts'
import { checkInitialValues, SharedValues } from '../traversal/shared-values.ts'
import { decideBeginning } from './decide-beginning.ts'
import type { Definition } from './definitions.ts'
import { randomNonce } from '../defaults/random-nonce.ts'
import { toEntry } from './stored-fact.ts'

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
  readonly tags?: readonly string[]
}

/**
 * Creates a run that nobody else has started with another definition or input.
 *
 * @returns the jobs that wake workers, as {@link startRun} says
 * @throws HeddleError `RUN_CONFLICT`, `RUN_CANCELLED` if it was cancelled before
 */
export async function createRun(
  store: ICoordinationStore,
  definition: Definition,
  run: RunToStart,
): Promise<readonly RunJob[]> {
  const { runId } = run
  const reply = await startRun(store, definition, run)
  if (reply.status === 'cancelled') {
    const message = `run "${runId}" was cancelled before it was started; use another run id`
    throw new HeddleError('RUN_CANCELLED', message, { details: { runId } })
  }
  if (reply.status !== 'conflict') return reply.jobs
  throw runConflict(runId, reply.what)
}

/**
 * Creates a run in a store, with its beginning if that can be decided here. Somebody has to put the jobs of the reply into the
 * queue; else the sweeper finds the run.
 */
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
    tags,
  } = run
  checkInitialValues(policy.context, context)
  const shared = new SharedValues(policy.context, context)
  const values = Object.entries(shared.toRecord())
  for (const [, value] of values) engine.checkValue(value)
  const given = { deadlineMs: run.deadlineMs, parentRunId: parent?.runId, depth: parent?.depth, tags }
  const started = startFact(engine, blueprint, { input: undefined, shared }, onFailure, given)
  const incarnation = randomNonce()
  const beginning = await decideBeginning(definition, { runId, incarnation }, { onFailure, parent })
  return store.start({
    runId,
    incarnation,
    workflowId: blueprint.id,
    definitionHash: key,
    input,
    shared: Object.fromEntries(values.map(([name, value]) => [name, engine.serializer.serialize(value)])),
    onFailure,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(parent === undefined ? {} : { parent }),
    ...(tags === undefined ? {} : { tags }),
    journal: [toEntry(engine.serializer, started)],
    ...(beginning === undefined ? {} : { beginning }),
  })
}
