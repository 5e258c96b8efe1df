import { visitKey, type StoredEvent, type VisitName, type VisitStatus } from '@heddle/core'
import type { Report } from './violation.ts'

type Fact = StoredEvent['fact']

/** From which statuses a fact may lead on; `pending` stands for a visit that nothing was heard of. */
const mayFollow: Readonly<Record<string, { readonly to: VisitStatus; readonly from: readonly VisitStatus[] }>> = {
  'node.ready': { to: 'ready', from: ['pending', 'waiting'] },
  'node.started': { to: 'running', from: ['ready', 'running'] },
  'node.retrying': { to: 'ready', from: ['running', 'ready'] },
  'node.suspended': { to: 'waiting', from: ['running'] },
  'node.completed': { to: 'completed', from: ['running'] },
  'node.failed': { to: 'failed', from: ['running', 'ready'] },
  'node.skipped': { to: 'skipped', from: ['pending', 'ready', 'running'] },
  'node.cancelled': { to: 'cancelled', from: ['pending', 'ready', 'running', 'waiting'] },
}

const live: ReadonlySet<VisitStatus> = new Set(['ready', 'running', 'waiting'])

/** A visit that has settled, as the journal tells it. */
export interface Settlement {
  readonly key: string
  readonly status: VisitStatus
}

/** What the journal of one run has said so far, read entry by entry; looks for what no journal may say. */
export class RunLedger {
  readonly runId: string
  seq = 0
  /** How the run ended. */
  end: string | undefined
  /** Keys of the visits that were attempted. */
  readonly attempted: Set<string> = new Set()
  private at = 0
  private readonly visits: Map<string, VisitStatus> = new Map()
  /** Visits that are ready, running or waiting. */
  private readonly live: Set<string> = new Set()
  private readonly unhandled: Set<string> = new Set()
  private readonly marks: Set<string> = new Set()
  /** Nodes of which a visit has settled. */
  private readonly decided: Set<string> = new Set()
  private readonly nodeIds: readonly string[]
  private readonly report: Report

  /** @param nodeIds the nodes of the run's blueprint, as far as they are known */
  constructor(runId: string, nodeIds: readonly string[], report: Report) {
    this.runId = runId
    this.nodeIds = nodeIds
    this.report = report
  }

  /**
   * Takes in the next entries.
   *
   * @param isAgain whether they were written by what gives attempts a new dispatch that were lost or given up
   * @returns visits that settled by them, items of maps and stand-ins apart
   */
  add(entries: readonly StoredEvent[], isAgain: boolean): Settlement[] {
    const settled: Settlement[] = []
    for (const { fact, seq, at } of entries) {
      if (seq !== this.seq + 1) this.report('G6', `entry ${seq} of run "${this.runId}" comes after entry ${this.seq}`)
      if (at < this.at) this.report('G6', `entry ${seq} of run "${this.runId}" is older than the one before it`)
      this.seq = seq
      this.at = at
      this.read(fact, isAgain, settled)
    }
    return settled
  }

  private read(fact: Fact, isAgain: boolean, settled: Settlement[]): void {
    if (this.end !== undefined) {
      this.report('G5', `run "${this.runId}" had ended as ${this.end} when "${fact.type}" was journalled`)
    }
    if (fact.type.startsWith('node.')) this.readVisit(fact, isAgain, settled)
    else if (fact.type.startsWith('edge.')) this.readMark(fact)
    else if (fact.type === 'map.opened') this.forgetItems(fact)
    else if (fact.type === 'run.completed') this.complete()
    else if (fact.type === 'run.failed' || fact.type === 'run.cancelled') this.end = fact.type.slice('run.'.length)
  }

  private readVisit(fact: Fact, isAgain: boolean, settled: Settlement[]): void {
    const step = mayFollow[fact.type]
    if (step === undefined) return
    const visit = fact as unknown as VisitName
    const key = visitKey(visit)
    const before = this.visits.get(key) ?? 'pending'
    const isRepeated = fact.type === 'node.ready' && isAgain && (before === 'ready' || before === 'running')
    if (!isRepeated && !step.from.includes(before)) this.refuse(fact.type, key, before)
    if (fact.type === 'node.started') this.attempted.add(key)
    this.visits.set(key, step.to)
    if (live.has(step.to)) {
      this.live.add(key)
      return
    }
    this.live.delete(key)
    if (visit.item !== undefined) return
    this.decided.add(visit.nodeId)
    if (visit.insteadOf !== undefined) this.noteStandIn(visit, step.to)
    else {
      if (step.to === 'failed' && fact['handledBy'] === undefined) this.unhandled.add(key)
      // A visit that its fallback stands in for is still open in the records.
      if (fact['handledBy'] === undefined) settled.push({ key, status: step.to })
    }
  }

  private noteStandIn({ iteration, insteadOf = '' }: VisitName, status: VisitStatus): void {
    if (status === 'failed') this.unhandled.add(visitKey({ nodeId: insteadOf, iteration }))
  }

  private refuse(type: string, key: string, before: VisitStatus): void {
    const { runId } = this
    if (type === 'node.ready') {
      this.report('G2', `visit "${key}" of run "${runId}" became ready although it was ${before}: its join fired again`)
    } else if (before === 'pending') {
      this.report('G2', `"${type}" of visit "${key}" of run "${runId}", which was never made ready`)
    } else this.report('G2', `"${type}" of visit "${key}" of run "${runId}", which was ${before}`)
  }

  private readMark(fact: Fact): void {
    const { edge, iteration } = fact as unknown as { readonly edge: string; readonly iteration: readonly number[] }
    const mark = `${edge}@${iteration.join('.')}`
    if (this.marks.has(mark)) this.report('G2', `edge "${mark}" of run "${this.runId}" was marked twice`)
    this.marks.add(mark)
  }

  /** A map that is tried again has new items. */
  private forgetItems(fact: Fact): void {
    const prefix = visitKey(fact as unknown as VisitName)
    const stem = prefix.includes('^') ? prefix.slice(0, prefix.indexOf('^')) : prefix
    const rest = prefix.slice(stem.length)
    for (const key of this.visits.keys()) {
      if (!key.startsWith(`${stem}[`) || !key.endsWith(rest)) continue
      this.visits.delete(key)
      this.live.delete(key)
    }
  }

  private complete(): void {
    const { runId } = this
    this.end = 'completed'
    const [open] = this.live
    if (open !== undefined) {
      this.report('G5', `run "${runId}" completed while visit "${open}" was ${this.visits.get(open) ?? 'open'}`)
    }
    const undecided = this.nodeIds.find((nodeId) => !this.decided.has(nodeId))
    if (undecided !== undefined) {
      this.report('G5', `run "${runId}" completed although nothing was decided about node "${undecided}"`)
    }
    const [failed] = this.unhandled
    if (failed !== undefined) {
      this.report('G5', `run "${runId}" completed although nothing handled the failure of visit "${failed}"`)
    }
  }

  /** Keys of the visits that are to be attempted or being attempted. */
  underWay(): string[] {
    return [...this.live].filter((key) => this.visits.get(key) !== 'waiting')
  }

  /** What is under way, in words. */
  describe(): string {
    const visits = [...this.live].map((key) => `${key} ${this.visits.get(key) ?? ''}`)
    return visits.length === 0 ? 'nothing under way' : visits.slice(0, 5).join(', ')
  }
}
