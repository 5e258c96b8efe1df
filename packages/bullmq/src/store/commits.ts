import {
  visitKey,
  type Cell,
  type CommitReply,
  type JournalEntry,
  type NewChild,
  type NewDispatch,
  type NewTimer,
  type NewWait,
  type RunJob,
  type RunMessage,
  type RunRef,
  type TurnChanges,
  type TurnRef,
} from '@heddle/core'
import { commitScript } from '../lua/commit.ts'
import { type ArgumentList, wholeMs } from './argument-list.ts'
import { isMissing, listOf, optionalNumber, parse, textOf, textsOf } from './reply.ts'
import { dispatchJob, type JobRun } from './run-jobs.ts'
import type { RunScripts } from './run-scripts.ts'
import { grantOf, turnOf } from './turns.ts'

const json = (value: unknown): string => JSON.stringify(value)

const plain = (text: string): string => text

/** `ITurnStore.commit`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function commit(
  scripts: RunScripts,
  turn: TurnRef,
  changes: TurnChanges,
  goOn: boolean,
): Promise<CommitReply> {
  const values = turnOf(turn).add(goOn ? '1' : '0')
  addChanges(values, changes, turn.revision + 1)
  const reply = await scripts.run(commitScript, turn, values)
  return reply === null ? { status: 'refused' } : committed(turn, changes, listOf(reply))
}

/** Adds everything that a commit writes to the arguments of a script. @param revision the one that it makes */
export function addChanges(list: ArgumentList, changes: TurnChanges, revision: number): void {
  addRecords(list, changes)
  addEffects(list, changes, revision)
}

/** What a script answers to changes that it has written. */
export function committed(
  ref: RunRef,
  { dispatches, end }: TurnChanges,
  reply: readonly unknown[],
): Extract<CommitReply, { status: 'committed' }> {
  const [seq, at, definitionHash, before, due, ended, messages, next] = reply
  const run = { ...ref, definitionHash: textOf(definitionHash) }
  const dueAt = optionalNumber(due)
  return {
    status: 'committed',
    seq: Number(seq),
    at: Number(at),
    jobs: end === undefined ? jobsOf(run, dispatches, Number(before)) : [],
    messages: textsOf(messages).map((text) => parse<RunMessage>(text)),
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(Number(ended) === 1 ? { ended: true } : {}),
    ...(isMissing(next) ? {} : { turn: grantOf(next) }),
  }
}

/** The jobs of dispatches that were written together. @param before the number before that of the first one */
export function jobsOf(run: JobRun, dispatches: readonly NewDispatch[], before: number): readonly RunJob[] {
  return dispatches.map((dispatch, place) => {
    return dispatchJob(run, { ...dispatch, dispatch: before + place + 1, delayMs: wholeMs(dispatch.delayMs) })
  })
}

function addRecords(list: ArgumentList, changes: TurnChanges): void {
  const { handled, cells, values, expansions, failures, dropped, endedWaiting } = changes
  const own: Record<string, Cell> = {}
  const shared: Record<string, Cell> = {}
  for (const [name, cell] of Object.entries(cells)) {
    if (name.startsWith('s:')) shared[name.slice(2)] = cell
    else own[name] = cell
  }
  list.list(handled).record(own, json).record(shared, json).record(values, plain)
  list.list(entriesOf(changes)).list(expansions).list(failures).list(dropped)
  list
    .list(endedWaiting?.waits ?? [])
    .list(endedWaiting?.timers ?? [])
    .list(endedWaiting?.children ?? [])
}

/** A wait's deadline is counted from the commit, so the script puts it into the entry: in the place of a mark that no JSON has. */
function entriesOf({ journal, waits }: TurnChanges): string[] {
  const limits = new Map(waits.map(({ wait: { waitId }, timeoutMs }) => [waitId, timeoutMs]))
  return journal.map((entry) => {
    const limit = entry.fact.type === 'wait.opened' ? limits.get(entry.fact['waitId'] as string) : undefined
    return limit === undefined ? json(entry) : markedEntry(entry, wholeMs(limit))
  })
}

function markedEntry({ fact, ...rest }: JournalEntry, limitMs: number): string {
  const { deadline: _deadline, ...told } = fact
  const factText = `${json(told).slice(0, -1)},"deadline":\u0001${limitMs}\u0001}`
  const restText = json(rest).slice(1, -1)
  return `{"fact":${factText}${restText === '' ? '' : `,${restText}`}}`
}

function addEffects(list: ArgumentList, changes: TurnChanges, revision: number): void {
  const { waits, end, dispatches, timers, children, messages, cutOff, recall } = changes
  list.each(waits, (wait) => addWait(list, wait, revision))
  if (end === undefined) list.add('0')
  else {
    const { status, outputValue, errorText, journal } = end
    const settlement = json({ status, outputValue, errorText })
    list.add('1', status, outputValue ?? '', `,${settlement.slice(1, -1)}`).list(journal.map(json))
  }
  // What begins with the end of a run does not begin.
  const isOver = end !== undefined
  addDispatches(list, isOver ? [] : dispatches)
  list.each(isOver ? [] : timers, (timer) => addTimer(list, timer, revision))
  list.each(isOver ? [] : children, (child) => addChild(list, child))
  list.each(messages, (message) => list.add(message.id, message.type, json(message)))
  list.list(isOver ? [] : cutOff)
  if (recall === undefined || isOver) list.add('0')
  else list.add('1').list(recall)
}

function addWait(list: ArgumentList, { wait, call, timeoutMs, attempt, touches }: NewWait, revision: number): void {
  const { waitId, name, deadline: _deadline, ...visit } = wait
  const place = { ...visit }
  const event = `wait/${waitId}/${revision}`
  const called = call === undefined ? {} : { call }
  const head = json({
    id: event,
    type: 'resumed',
    visit: place,
    attempt,
    source: { type: 'wait', waitId, name, ...called },
  })
  const record = {
    visit: visitKey(wait),
    name,
    event,
    head: `${json(touches)}\n${head.slice(0, -1)},"resumption":`,
    cancelled: json({ fact: { type: 'wait.cancelled', ...place, waitId, name, ...called } }),
    wait: json(wait),
  }
  list.add(waitId, record.visit, name, timeoutMs === undefined ? '' : wholeMs(timeoutMs), json(record))
}

/** Adds dispatches to the arguments of a script. */
export function addDispatches(list: ArgumentList, dispatches: readonly NewDispatch[]): void {
  list.each(dispatches, (dispatch) => addDispatch(list, dispatch))
}

function addDispatch(list: ArgumentList, dispatch: NewDispatch): void {
  const { visit, visitKey: key, attempt, delayMs, resumption, touches, started, queue, priority } = dispatch
  const record = {
    attempt,
    visit: json(visit),
    touches: json(touches),
    resumption: resumption === undefined ? undefined : json(resumption),
    startEntry: started === undefined ? undefined : json(started),
    queue,
    priority,
  }
  list.add(key, wholeMs(delayMs), json(record))
}

function addTimer(list: ArgumentList, timer: NewTimer, revision: number): void {
  const { id, name, visit, call, attempt, delayMs, touches, isUntold = false } = timer
  const event = `timer/${id}/${revision}`
  const called = call === undefined ? {} : { call }
  const source = { type: 'timer', name, ...called }
  const head = { id: event, type: 'resumed', visit, attempt, source, resumption: { type: 'fired' } }
  const record = {
    visit: visitKey(visit),
    event,
    head: `${json(touches)}\n${json(head)}`,
    cancelled: isUntold ? undefined : json({ fact: { type: 'timer.cancelled', ...visit, name, ...called } }),
  }
  list.add(id, record.visit, wholeMs(delayMs), json(record))
}

function addChild(list: ArgumentList, { childRunId, visit, call }: NewChild): void {
  const key = visitKey(visit)
  list.add(childRunId, key, json({ visit: key, of: json(visit), call }))
}
