import { HeddleError, visitKey, type ErrorData, type RunEvent, type RunStatus, type WorkflowResult } from '@heddle/core'

/** What the matchers can be asked about: a result, a stepper, an event recorder, a journal. */
export type RunSubject =
  | Pick<WorkflowResult, 'status' | 'outputs' | 'skipped' | 'errors'>
  | {
      readonly result: Pick<WorkflowResult, 'status' | 'outputs' | 'skipped' | 'errors'>
      readonly events: readonly RunEvent[]
    }
  | { readonly events: readonly RunEvent[] }
  | readonly RunEvent[]

/** An error of a run, as far as the matchers look at it. */
export interface ErrorFacts {
  /** Codes of the error and of its causes, outermost first. */
  readonly codes: readonly string[]
  readonly nodeId: string | undefined
  readonly message: string
}

/** What is known of a run, wherever it was read from. */
export interface RunFacts {
  readonly status: RunStatus | undefined
  /** Output by id of each node that has one. */
  readonly outputs: ReadonlyMap<string, unknown>
  readonly skipped: readonly string[]
  readonly errors: readonly ErrorFacts[]
  /** By node id: how many of its visits were started, items of a map not counted. `undefined` if no events are known. */
  readonly visits: ReadonlyMap<string, number> | undefined
}

/** Reads the facts of a run. @throws HeddleError `INVALID_OPTION` for a value that tells of no run */
export function readRunFacts(subject: unknown): RunFacts {
  if (Array.isArray(subject)) return factsOfEvents(subject as RunEvent[])
  if (typeof subject === 'object' && subject !== null) {
    const events = 'events' in subject && Array.isArray(subject.events) ? (subject.events as RunEvent[]) : undefined
    const result = 'result' in subject ? subject.result : subject
    if (isResult(result)) return { ...factsOfResult(result), visits: events && countVisits(events) }
    if (events !== undefined) return factsOfEvents(events)
  }
  throw new HeddleError(
    'INVALID_OPTION',
    'this matcher looks at a result of a run, a stepper, an event recorder or a journal; was a promise not awaited?',
  )
}

function isResult(value: unknown): value is WorkflowResult {
  return typeof value === 'object' && value !== null && 'status' in value && 'outputs' in value && 'errors' in value
}

function factsOfResult({ status, outputs, skipped, errors }: WorkflowResult): RunFacts {
  return {
    status,
    outputs: new Map(Object.entries(outputs)),
    skipped,
    errors: errors.map((error) => describeError(error)),
    visits: undefined,
  }
}

function describeError(error: HeddleError | ErrorData, nodeId?: string): ErrorFacts {
  const codes: string[] = []
  for (let at: unknown = error; isObject(at) && codes.length < 10; at = at['cause']) {
    if (typeof at['code'] === 'string') codes.push(at['code'])
  }
  const own = error.details?.['nodeId']
  return { codes, nodeId: typeof own === 'string' ? own : nodeId, message: error.message }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

const endings: ReadonlyMap<RunEvent['type'], RunStatus> = new Map([
  ['run.completed', 'completed'],
  ['run.failed', 'failed'],
  ['run.cancelled', 'cancelled'],
  ['run.awaiting', 'awaiting'],
])

function factsOfEvents(events: readonly RunEvent[]): RunFacts {
  const outputs = new Map<string, unknown>()
  const skipped = new Set<string>()
  const attempted = new Set<string>()
  const errors: ErrorFacts[] = []
  let status: RunStatus = 'stalled'
  for (const event of events) {
    status = endings.get(event.type) ?? status
    if (event.type === 'node.skipped') skipped.add(event.nodeId)
    else if (event.type === 'node.started') attempted.add(event.nodeId)
    else if (event.type === 'node.failed' && event.handledBy === undefined) {
      errors.push(describeError(event.error, event.nodeId))
    } else if (event.type === 'node.completed' && event.item === undefined) {
      outputs.set(event.nodeId, event.output)
      if (event.insteadOf !== undefined) outputs.set(event.insteadOf, event.output)
    } else if (event.type === 'run.failed' && errors.length === 0) errors.push(describeError(event.error))
  }
  return {
    status,
    outputs,
    skipped: [...skipped].filter((id) => !attempted.has(id)),
    errors,
    visits: countVisits(events),
  }
}

function countVisits(events: readonly RunEvent[]): ReadonlyMap<string, number> {
  const seen = new Set<string>()
  const visits = new Map<string, number>()
  for (const event of events) {
    if (event.type !== 'node.started' || event.item !== undefined) continue
    const key = `${event.runId}:${visitKey(event)}`
    if (seen.has(key)) continue
    seen.add(key)
    visits.set(event.nodeId, (visits.get(event.nodeId) ?? 0) + 1)
  }
  return visits
}
