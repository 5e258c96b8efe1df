import type { InboxEvent, JournalEntry } from '../model/stored-event.ts'
import { visitKey } from '../model/visit.ts'
import type {
  CommitReply,
  Delivery,
  DeliveryVerdict,
  DeliverReply,
  EndedWaiting,
  FetchReply,
  FetchRequest,
  TurnChanges,
  TurnGrant,
  TurnRef,
  TurnRequest,
} from '../ports/turn-store.ts'
import { hasLost } from './claim-operations.ts'
import { cutOffVisits, recallVisits } from './cut-off.ts'
import { endRun } from './end-run.ts'
import type { CommitName, Committed, Dispatch, MemoryRun } from './memory-run.ts'
import { describeStanding } from './run-standing.ts'

/** Most events, and most of their text in characters, that one turn is handed at a time. */
const inboxLimit = { events: 256, characters: 1024 * 1024 }

/** `ITurnStore.deliver` on one run. */
export function deliver(
  run: MemoryRun,
  delivery: Delivery | undefined,
  turn: TurnRequest | undefined,
  now: number,
): DeliverReply {
  const verdict = delivery === undefined ? undefined : accept(run, delivery, now)
  const granted = turn === undefined ? undefined : grantTurn(run, turn, now)
  return {
    status: 'delivered',
    ...(verdict === undefined ? {} : { verdict }),
    ...(granted === undefined ? {} : { turn: granted }),
  }
}

/** Takes an event into the inbox if it counts. */
export function accept(run: MemoryRun, { event, values = {} }: Delivery, now: number): DeliveryVerdict {
  const verdict = judge(run, event, now)
  if (verdict !== 'accepted') return verdict
  for (const [name, text] of Object.entries(values)) run.values.set(name, text)
  const dispatch = event.type === 'outcome' ? run.dispatches.get(visitKey(event.visit)) : undefined
  run.append(dispatch !== undefined && hasLost(dispatch) ? ({ ...event, hasTwins: true } as InboxEvent) : event, now)
  return 'accepted'
}

function judge(run: MemoryRun, event: InboxEvent, now: number): DeliveryVerdict {
  if (run.inbox.has(event.id)) return 'duplicate'
  if (event.type === 'outcome') return judgeOutcome(run, event, now)
  if (!run.isLive) return 'rejected'
  if (event.type !== 'resumed' || event.source.type !== 'child') return 'accepted'
  const { childRunId } = event.source
  const child = run.children.get(childRunId)
  if (child === undefined) return 'rejected'
  if (child.hasSettled) return 'duplicate'
  child.hasSettled = true
  return 'accepted'
}

/**
 * An outcome counts if its dispatch is current, and its token is, or was and no later token has recorded anything. A token that the
 * records know nothing of is that of a claim which the store has lost: what was read with it may be lost too.
 */
function judgeOutcome(run: MemoryRun, event: InboxEvent & { readonly type: 'outcome' }, now: number): DeliveryVerdict {
  const key = visitKey(event.visit)
  if (run.outcomes.get(key) === event.id) return 'duplicate'
  if (!run.isLive) return 'rejected'
  const current = run.dispatches.get(key)
  const isCurrent = current !== undefined && current.dispatch === event.dispatch && current.delivered === undefined
  if (!isCurrent || !countsFor(current, event.token)) {
    const reason = current === undefined || isCurrent ? 'the visit is not under way' : 'another dispatch is current'
    if (run.refused.get(key) !== event.id) {
      run.write([{ fact: { type: 'outcome.rejected', ...event.visit, reason } }], now)
    }
    run.refused.set(key, event.id)
    return 'rejected'
  }
  current.delivered = event.id
  run.outcomes.set(key, event.id)
  run.due.delete(`d:${key}`)
  return 'accepted'
}

function countsFor({ token, earlierTokens = [], hasRecorded }: Dispatch, given: string): boolean {
  return token === given || (hasRecorded !== true && earlierTokens.includes(given))
}

/** Hands out the turn if there is something to do and nobody holds it. */
export function grantTurn(run: MemoryRun, { nonce, limitMs }: TurnRequest, now: number): TurnGrant | undefined {
  if (run.turn?.nonce === nonce) return describeGrant(run, run.turn.ids)
  if (run.turn !== undefined && run.turn.deadline > now) return undefined
  if (run.turn !== undefined) run.failTurn('a turn went past its limit', now)
  if (!run.isLive || run.endedNonce === nonce || run.inbox.size === 0 || run.stalledUntil > now) return undefined
  const ids = firstEvents(run)
  run.turn = { nonce, fence: ++run.fence, limitMs, deadline: now + limitMs, ids }
  run.due.delete('inbox')
  run.due.set('turn', run.turn.deadline)
  return describeGrant(run, ids)
}

function firstEvents(run: MemoryRun): string[] {
  const ids: string[] = []
  let characters = 0
  for (const [id, text] of run.inbox) {
    characters += text.length
    if (ids.length > 0 && (ids.length >= inboxLimit.events || characters > inboxLimit.characters)) break
    ids.push(id)
  }
  return ids
}

function describeGrant(run: MemoryRun, ids: readonly string[]): TurnGrant {
  const inbox = ids.map((id) => JSON.parse(run.inbox.get(id) as string) as InboxEvent)
  const names = inbox.flatMap(({ touches }) => touches)
  return { fence: run.fence, nonce: (run.turn as { nonce: string }).nonce, inbox, ...describeStanding(run, names) }
}

function isHolder(run: MemoryRun, { fence, nonce, revision }: TurnRef): boolean {
  return run.turn?.fence === fence && run.turn.nonce === nonce && run.revision === revision
}

/** `ITurnStore.fetch` on one run. */
export function fetch(run: MemoryRun, turn: TurnRef, { cells = [], values = [], claimed }: FetchRequest): FetchReply {
  if (!isHolder(run, turn)) return { status: 'refused' }
  const taken = claimed === true ? [...run.dispatches.values()].filter(({ token }) => token !== undefined) : []
  return {
    status: 'fetched',
    cells: run.readCells(cells === 'all' ? run.allCellNames() : cells),
    values: run.readValues(values),
    claimed: taken.map(({ visit, attempt }) => ({ visit, attempt })),
  }
}

/** `ITurnStore.failTurn` on one run. */
export function failTurn(run: MemoryRun, turn: TurnRef, reason: string, now: number): void {
  if (isHolder(run, turn)) run.failTurn(reason, now)
}

/** `ITurnStore.commit` on one run. */
export function commit(run: MemoryRun, turn: TurnRef, changes: TurnChanges, goOn: boolean, now: number): CommitReply {
  const before = run.recallCommit(turn)
  if (before !== undefined) return before
  return isHolder(run, turn) ? writeChanges(run, turn, changes, goOn, now) : { status: 'refused' }
}

/** Writes what was decided, under the name of the turn or of the settlement that brings it. */
export function writeChanges(
  run: MemoryRun,
  name: CommitName,
  changes: TurnChanges,
  goOn: boolean,
  now: number,
): Committed {
  const seq = run.journal.length + 1
  run.revision++
  run.writtenBy = name.nonce
  run.turnFailures = 0
  run.stalledBy = undefined
  run.stalledUntil = 0
  for (const id of changes.handled) run.inbox.delete(id)
  for (const [cellName, cell] of Object.entries(changes.cells)) run.writeCell(cellName, cell)
  for (const [valueName, text] of Object.entries(changes.values)) run.values.set(valueName, text)
  run.write(withDeadlines(changes, now), now)
  run.expansions.push(...changes.expansions)
  run.failures.push(...changes.failures)
  const { jobs, messages } = applyEffects(run, changes, now)
  const next = goOn ? keepTurn(run, now) : undefined
  if (next === undefined) run.endTurn(now)
  noteAwaiting(run, now)
  const dueAt = run.due.next()
  return run.rememberCommit(name, {
    status: 'committed',
    seq,
    at: now,
    jobs,
    messages,
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(run.isLive ? {} : { ended: true }),
    ...(next === undefined ? {} : { turn: next }),
  })
}

function keepTurn(run: MemoryRun, now: number): TurnGrant | undefined {
  const { turn } = run
  if (turn === undefined || !run.isLive || run.inbox.size === 0) return undefined
  turn.ids = firstEvents(run)
  turn.deadline = now + turn.limitMs
  run.due.set('turn', turn.deadline)
  return describeGrant(run, turn.ids)
}

function applyEffects(
  run: MemoryRun,
  changes: TurnChanges,
  now: number,
): Pick<Extract<CommitReply, { status: 'committed' }>, 'jobs' | 'messages'> {
  for (const key of changes.dropped) run.drop(key)
  if (changes.endedWaiting !== undefined) endWaiting(run, changes.endedWaiting)
  openWaits(run, changes.waits, now)
  if (changes.end !== undefined) return { jobs: [], messages: endRun(run, changes, changes.end, now) }
  const jobs = changes.dispatches.map((dispatch) => run.dispatch(dispatch, now))
  for (const timer of changes.timers) {
    run.timers.set(timer.id, { ...timer, eventId: `timer/${timer.id}/${run.revision}` })
    run.due.set(`t:${timer.id}`, now + timer.delayMs)
  }
  for (const { childRunId, ...place } of changes.children) run.children.set(childRunId, { ...place, hasSettled: false })
  for (const message of changes.messages) run.send(message, now)
  const cancels = cutOffVisits(run, changes.cutOff, now)
  if (changes.recall !== undefined) recallVisits(run, changes.recall, now)
  return { jobs, messages: [...changes.messages.filter(({ id }) => run.messages.has(id)), ...cancels] }
}

function endWaiting(run: MemoryRun, { waits, timers, children }: EndedWaiting): void {
  for (const waitId of waits) {
    const stored = run.waits.get(waitId)
    if (stored?.status !== 'open') continue
    stored.status = 'cancelled'
    run.due.delete(`w:${waitId}`)
  }
  for (const id of timers) {
    run.timers.delete(id)
    run.due.delete(`t:${id}`)
  }
  for (const childRunId of children) {
    const child = run.children.get(childRunId)
    if (child !== undefined) child.hasSettled = true
  }
}

function openWaits(run: MemoryRun, waits: TurnChanges['waits'], now: number): void {
  for (const { wait, call, timeoutMs, attempt, schemaText, touches } of waits) {
    const deadline = timeoutMs === undefined ? undefined : now + timeoutMs
    const eventId = `wait/${wait.waitId}/${run.revision}`
    const open = { ...wait, ...(deadline === undefined ? {} : { deadline }) }
    run.waits.set(wait.waitId, {
      wait: open,
      attempt,
      eventId,
      touches,
      status: 'open',
      ...(call === undefined ? {} : { call }),
      ...(schemaText === undefined ? {} : { schemaText }),
    })
    if (deadline !== undefined) run.due.set(`w:${wait.waitId}`, deadline)
  }
}

/** A wait's deadline is counted from the commit, so the entry about it gets it here. */
function withDeadlines({ journal, waits }: TurnChanges, now: number): readonly JournalEntry[] {
  const deadlines = new Map(
    waits.flatMap(({ wait, timeoutMs }) => (timeoutMs === undefined ? [] : [[wait.waitId, now + timeoutMs]])),
  )
  if (deadlines.size === 0) return journal
  return journal.map((entry) => {
    const deadline = entry.fact.type === 'wait.opened' ? deadlines.get(entry.fact['waitId'] as string) : undefined
    return deadline === undefined ? entry : { ...entry, fact: { ...entry.fact, deadline } }
  })
}

/** Tells once that only something external can move the run. */
function noteAwaiting(run: MemoryRun, now: number): void {
  if (!run.isLive || run.underWay > 0 || run.isAwaiting || run.hasLiveChild) return
  const waits = run.openWaits()
  if (waits.length === 0) return
  run.isAwaiting = true
  run.write([{ fact: { type: 'run.awaiting', waits: waits.map(({ waitId }) => waitId) } }], now)
}
