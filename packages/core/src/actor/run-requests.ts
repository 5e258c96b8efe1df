import { HeddleError } from '../errors/heddle-error.ts'
import { unknownRun } from '../errors/run-errors.ts'
import { checkPayload } from '../execution/checks/check-payload.ts'
import { closedWait, findWait, type EndOfRun } from '../execution/suspension/find-wait.ts'
import { missingWait } from '../execution/suspension/missing-wait.ts'
import type { RunJob } from '../model/run-job.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { RunHead } from '../ports/run-records.ts'
import type { Definition, Definitions } from './definitions.ts'
import { randomNonce } from '../defaults/random-nonce.ts'
import { allWaitIds, endOf, howWaitEnded, locateOpenWaits, mayOpenInStore } from './run-waits.ts'

/** What requests to runs are made with. */
export interface RunRequestOptions {
  readonly store: ICoordinationStore
  readonly definitions: Definitions
  readonly enqueue: (jobs: readonly RunJob[]) => Promise<void>
}

/** Where a run stands. @throws HeddleError `UNKNOWN_RUN` */
export async function readRunHead(store: ICoordinationStore, runId: string): Promise<RunHead> {
  const head = await store.readRun(runId)
  if (head !== undefined) return head
  throw unknownRun(runId)
}

/**
 * Answers an open wait of a run or of a child run, once.
 *
 * @param nameOrId the wait's name if only one of that name is open, else its id
 * @throws HeddleError `UNKNOWN_RUN`, `WAIT_NOT_OPEN`, `WAIT_ANSWERED`, `WAIT_EXPIRED`, `AMBIGUOUS_WAIT`, `INVALID_PAYLOAD`
 */
export async function resumeRun(
  options: RunRequestOptions,
  runId: string,
  nameOrId: string,
  payload: unknown,
  action?: string,
): Promise<void> {
  const { store, enqueue } = options
  const root = await readRunHead(store, runId)
  const found = findWait(await locateOpenWaits(store, root), nameOrId, runId)
  if (found === undefined) throw await missingInStore(options, root, nameOrId)
  const { head, idThere } = found
  const definition = definitionOf(options.definitions, head)
  const { engine } = definition
  const checked = await checkPayload(engine, schemaOf(definition, found), { payload, nameOrId })
  const reply = await store.answerWait(head.runId, {
    nameOrId: idThere,
    answerId: randomNonce(),
    payload: engine.serializer.serialize(checked),
    ...(action === undefined ? {} : { action }),
  })
  if (reply.status === 'accepted') await enqueue([reply.job])
  else if (reply.status === 'unknown-run') throw unknownRun(head.runId)
  // Meanwhile somebody else may have answered it, or its time was up.
  else throw closedWait(nameOrId, runId, endOf(reply.status), endOfRun(await readRunHead(store, head.runId)))
}

async function missingInStore(
  { store, definitions }: RunRequestOptions,
  root: RunHead,
  nameOrId: string,
): Promise<HeddleError> {
  const [how, ids] = await Promise.all([howWaitEnded(store, root, nameOrId), allWaitIds(store, root)])
  const isById = ids.includes(nameOrId)
  const mayOpen =
    how !== undefined && !isById && (await mayOpenInStore(store, definitions, root, { name: nameOrId, last: how }))
  const { runId } = root
  return missingWait(nameOrId, { runId, how, isById, isForgotten: false, mayOpen, end: endOfRun(root) })
}

function endOfRun({ runId, status }: RunHead): EndOfRun | undefined {
  return status === 'live' ? undefined : { runId, status }
}

/** The definition of a run whose wait is answered. @throws HeddleError `UNKNOWN_BLUEPRINT` */
function definitionOf(definitions: Definitions, { runId, workflowId, definitionHash, parent }: RunHead): Definition {
  const definition = definitions.get(definitionHash)
  if (definition !== undefined) return definition
  const blueprintId = JSON.stringify(workflowId)
  // A handler may invoke any workflow: who opens its run with its own workflow does not bring the others along.
  const [whose, mend] =
    parent === undefined
      ? [`run "${runId}"`, `open the run with it, as runtime.open(workflow, runId), or give it to the runtime`]
      : [`child run "${runId}" of run "${parent.runId}"`, 'give that workflow to the runtime that answers']
  const message = `the wait is one of ${whose} of workflow ${blueprintId}, of which this runtime does not know this definition, and so not what its waits take; ${mend}, as one of its "blueprints"`
  throw new HeddleError('UNKNOWN_BLUEPRINT', message, {
    details: { runId, blueprintId: workflowId, definitionHash, ...(parent && { parentRunId: parent.runId }) },
  })
}

/** The schema of a wait node. What a handler waits for is checked when it asks for it again: only its code knows the schema. */
function schemaOf({ engine, blueprint }: Definition, { name, nodeId, item }: OpenWait): StandardSchema | undefined {
  const node = blueprint.nodes.find(({ id }) => id === nodeId)
  const isOfHandler = item !== undefined || (node !== undefined && engine.builtIn(node.uses) === undefined)
  return isOfHandler ? undefined : engine.waitSchema(name)
}

/**
 * Asks a run to end as cancelled. One that has ended is left as it is.
 *
 * @throws HeddleError `UNKNOWN_RUN`
 */
export async function cancelRun({ store, enqueue }: RunRequestOptions, runId: string, reason?: string): Promise<void> {
  const reply = await store.cancel(runId, reason, false)
  if (reply.status === 'accepted') await enqueue([reply.job])
  else if (reply.status === 'unknown-run') throw unknownRun(runId)
}

/** Whether only something external can move a run and its child runs; then nobody has anything to do for it. */
export async function isAtRest(store: ICoordinationStore, { underWay, waits, children }: RunHead): Promise<boolean> {
  if (underWay > 0) return false
  for (const childId of children) {
    const child = await store.readRun(childId)
    if (child?.status !== 'live' || !(await isAtRest(store, child))) return false
  }
  return waits.length + children.length > 0
}
