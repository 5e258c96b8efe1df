import type { LocalWait } from '../engine/local-permits.ts'
import { nameVisit, type Visit } from '../../kernel/visit.ts'
import { toErrorData } from '../../model/error-data.ts'
import type { Explanation, PlainReason } from '../../model/explanation.ts'
import type { RunStatus } from '../../model/run-status.ts'
import { visitKey, type VisitName } from '../../model/visit.ts'
import { idInChild, waitIdFor } from '../../model/wait-id.ts'
import { explainRun } from '../../traversal/explain-run.ts'
import type { InProcessRun } from './in-process-run.ts'
import type { OpenSuspension } from '../suspension/open-suspension.ts'
import { waitingJoins } from './waiting-joins.ts'

const noIds: ReadonlySet<string> = new Set()
const nobody: ReadonlySet<string> = new Set()

/** Where a run in this process stands; `running` while it is neither at rest nor ended. */
export function statusNow(run: InProcessRun): RunStatus | 'running' {
  const { state, control } = run
  if (run.isSettled) return state.getStatus(noIds, noIds)
  if (state.underWay > 0 || control.ready.length > 0 || control.run.phase === 'created') return 'running'
  return run.openWaits().length > 0 ? 'awaiting' : 'stalled'
}

/** Why a run that is carried out in this process does not move. Changes nothing of it. */
export function explainInProcess(run: InProcessRun): Explanation {
  const now = run.engine.clock.now()
  return explainRun(run.runId, statusNow(run), reasonsOf(run, now), now)
}

function reasonsOf(run: InProcessRun, now: number): PlainReason[] {
  const { control } = run
  const { phase } = control.run
  if (run.brokenBy !== undefined) return [{ type: 'broken', error: toErrorData(run.brokenBy) }]
  if (phase === 'created') return [{ type: 'not-begun' }]
  if (phase !== 'live' && phase !== 'compensating') {
    const [error] = control.failures
    return [{ type: 'ended', status: phase, ...(error === undefined ? {} : { error: toErrorData(error) }) }]
  }
  const open = run.suspensions?.openSuspensions() ?? []
  const ready = control.ready.list()
  const visits = [...run.inFlight.visits(), ...ready, ...open.map(({ visit }) => visit)]
  return [
    ...run.inFlight.visits().map((visit) => attemptReason(run, visit, now)),
    ...ready.map((visit) => ({ type: 'ready', ...attemptFields(run, visit) }) as const),
    ...open.flatMap((suspension) => suspensionReasons(run, suspension)),
    ...waitReasons(run, open),
    ...mapReasons(run, visits),
    ...waitingJoins(control.graph, control.root, nobody, phase),
  ]
}

/** What the reasons about attempts of a visit have in common. */
function attemptFields({ graph }: InProcessRun, visit: Visit): ReturnType<typeof nameVisit> & AttemptCount {
  const maxAttempts = graph.nodes[visit.node]?.config?.retry?.maxAttempts ?? 1
  return { ...nameVisit(graph, visit), attempt: visit.attempt, maxAttempts }
}

interface AttemptCount {
  readonly attempt: number
  readonly maxAttempts: number
}

/** A visit that keeps its slot between attempts is as if under way while it waits for the next one. */
function attemptReason(run: InProcessRun, visit: Visit, now: number): PlainReason {
  if (visit.notBefore > now) return backoffReason(run, visit, visit.notBefore)
  const wait = run.engine.permits?.waitOf(visit)
  if (wait !== undefined) return permitReason(run, visit, wait)
  const steps = [...(run.recordedCalls(visit)?.steps ?? [])]
  return {
    type: 'running',
    ...attemptFields(run, visit),
    ...(visit.since === 0 ? {} : { since: visit.since }),
    ...(steps.length === 0 ? {} : { steps }),
  }
}

function permitReason(
  run: InProcessRun,
  visit: Visit,
  { waiting, limit, holders, rateOpensAt }: LocalWait,
): PlainReason {
  const opensAt = rateOpensAt === undefined ? {} : { rateOpensAt }
  return {
    type: 'permit',
    ...attemptFields(run, visit),
    key: waiting.key,
    limit,
    since: waiting.since,
    holders: holders.map(({ owner: { runId, name }, since }) => ({ runId, visit: name(), since })),
    held: holders.length,
    ...opensAt,
  }
}

function backoffReason(run: InProcessRun, visit: Visit, due: number): PlainReason {
  const error = visit.lastError === undefined ? {} : { error: toErrorData(visit.lastError) }
  return { type: 'backoff', ...attemptFields(run, visit), due, ...error }
}

function waitReasons({ suspensions, graph }: InProcessRun, open: readonly OpenSuspension[]): PlainReason[] {
  const times = new Map(open.flatMap((suspension) => waitTimes(nameVisit(graph, suspension.visit), suspension)))
  const waits = suspensions?.openWaits() ?? []
  return waits
    .filter(({ waitId }) => idInChild(waitId) === undefined)
    .map((wait) => {
      const since = times.get(wait.waitId)
      return { type: 'wait', ...wait, ...(since === undefined ? {} : { since }) } as const
    })
}

/** Since when the waits of a visit are open, by id. */
function waitTimes(name: VisitName, { state, calls }: OpenSuspension): (readonly [waitId: string, since: number])[] {
  const times = calls.flatMap(({ call, on, since }) =>
    on.type === 'wait' && since !== undefined ? [[waitIdFor(on, name, call), since] as const] : [],
  )
  if (state.type !== 'suspended' || state.on.type !== 'wait' || state.since === undefined) return times
  return [...times, [waitIdFor(state.on, name), state.since]]
}

/** What a visit waits for, apart from waits, which are listed by themselves. */
function suspensionReasons(run: InProcessRun, { visit, state, child, calls }: OpenSuspension): PlainReason[] {
  const name = nameVisit(run.graph, visit)
  if (state.type === 'retry') return [backoffReason(run, visit, state.due)]
  if (state.type !== 'suspended') return []
  const { on, due } = state
  if (on.type === 'calls') return calls.flatMap(({ call, ...open }) => singleReasons({ ...name, call }, open))
  return on.type === 'items' ? [] : singleReasons(name, { on, due, child })
}

/** The maps that visits are items of: as long as a map has not settled, one of its items is live. */
function mapReasons({ graph }: InProcessRun, visits: readonly Visit[]): PlainReason[] {
  const maps = new Map<string, PlainReason>()
  for (const visit of visits) {
    const items = visit.item === -1 ? undefined : visit.frame.items(visit.itemsKey)
    if (items === undefined) continue
    const { item: _item, ...name } = nameVisit(graph, visit)
    const { count, settled, failed } = items
    maps.set(visitKey(name), { type: 'items', ...name, count, settled, failed })
  }
  return [...maps.values()]
}

/** The reason of a visit, or of a durable call of its handler, that waits for a time or for a child run. */
function singleReasons(
  waiter: VisitName & { readonly call?: string },
  { on, due, child }: Pick<OpenSuspension['calls'][number], 'on' | 'due' | 'child'>,
): PlainReason[] {
  if (child !== undefined) return [{ type: 'child', ...waiter, childRunId: child.runId, explanation: child.explain() }]
  return on.type === 'timer' ? [{ type: 'timer', ...waiter, name: on.name, due: due ?? 0 }] : []
}
