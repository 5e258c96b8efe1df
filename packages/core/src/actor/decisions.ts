import { type HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { CellOverlay, MissingCells } from '../kernel/cell-overlay.ts'
import { cellsBehind } from '../kernel/cell-reach.ts'
import type { Cell } from '../model/cell.ts'
import type { InboxEvent } from '../model/stored-event.ts'
import type { RunRef, RunStanding } from '../ports/run-records.ts'
import type { FetchReply, FetchRequest, TurnChanges } from '../ports/turn-store.ts'
import { decideEvent, type EventDecision } from './decide-event.ts'
import type { Definition } from './definitions.ts'
import { endFact, endingError, outputCells, outputParts } from './run-end.ts'
import { toEntry } from './stored-fact.ts'
import { serializeError } from './stored-outcome.ts'
import { TurnDraft } from './turn-draft.ts'
import type { TurnView } from './turn-view.ts'
import { runOutputValue } from './value-names.ts'

/** How many cells beyond the missing ones are fetched with them at first; each further time that an event lacks cells, four times as many. */
const prefetchedCells = 256

/** What a holder of a turn can read. */
export type Fetched = Extract<FetchReply, { status: 'fetched' }>

/** What events are decided with. */
export interface DecisionOptions {
  readonly run: RunRef
  readonly definition: Definition
  /** The run's graph, with the expansions that the standing tells of. */
  readonly graph: CompiledGraph
  /** Reads what did not come along. */
  readonly fetch: (request: FetchRequest) => Promise<Fetched>
}

/** Decides events of one run, from where it stands: the kernel over the cells at hand. What it decides is there for the next events. */
export class Decisions {
  private readonly options: DecisionOptions
  private readonly standing: RunStanding
  private readonly cells: CellOverlay = new CellOverlay()
  private readonly failures: HeddleError[] = []
  private readonly merged: TurnView['merged'] = new Map()
  /** The run's graph, with what was decided. */
  graph: CompiledGraph
  private claimed: Fetched['claimed'] = []

  constructor(options: DecisionOptions, standing: RunStanding) {
    this.options = options
    this.graph = options.graph
    this.standing = standing
    this.load(standing.cells)
  }

  private get serializer(): Definition['engine']['serializer'] {
    return this.options.definition.engine.serializer
  }

  /** Takes in cells as they were at the revision at which this stands; those at hand already stay as they are. */
  load(cells: Readonly<Record<string, Cell | null>>): void {
    this.cells.load(cells)
  }

  /** How many cells are at hand. */
  get size(): number {
    return this.cells.size
  }

  /**
   * Decides events in order; after one that ends the run no other.
   *
   * @throws what the kernel throws, or fetching; what was decided is worth nothing then
   */
  async decide(events: readonly InboxEvent[]): Promise<TurnChanges> {
    const draft = new TurnDraft()
    let ended: EventDecision['ended']
    for (const event of events) {
      if (ended !== undefined) break
      const decision = await this.decideOne(event)
      draft.add(decision.draft)
      this.failures.push(...decision.failures)
      ended = decision.ended
    }
    if (ended !== undefined) await this.describeEnd(ended, draft)
    return draft.toChanges(this.cells.takeChanges())
  }

  /** Decides one event; cells that turn out to be missing are fetched, and the event is decided again. */
  private async decideOne(event: InboxEvent): Promise<EventDecision> {
    const random = this.options.definition.engine.random()
    return this.withCells(() => {
      const { run, definition } = this.options
      const { graph, cells, merged, claimed } = this
      const { onFailure, parent } = this.standing
      const depth = parent?.depth ?? 0
      const decision = decideEvent({ run, definition, graph, cells, merged, claimed, onFailure, depth }, event, random)
      cells.keep()
      this.graph = decision.graph
      return decision
    })
  }

  private async withCells<T>(read: () => T): Promise<T> {
    for (let prefetched = prefetchedCells; ; prefetched *= 4) {
      try {
        return read()
      } catch (error) {
        this.cells.discard()
        if (!(error instanceof MissingCells)) throw error
        await this.fetchMissing(error, prefetched)
      }
    }
  }

  private async fetchMissing({ names, seeds }: MissingCells, prefetched: number): Promise<void> {
    const { cells } = this
    if (names === 'all') {
      const reply = await this.fetch({ cells: 'all', claimed: true })
      this.claimed = reply.claimed
      cells.isComplete = true
      return
    }
    const behind = cellsBehind(this.graph, seeds, (name) => cells.has(name), prefetched)
    await this.fetch({ cells: [...new Set([...names, ...behind])] })
  }

  private async fetch(request: FetchRequest): Promise<Fetched> {
    const reply = await this.options.fetch(request)
    this.load(reply.cells)
    return reply
  }

  private async describeEnd(status: NonNullable<EventDecision['ended']>, draft: TurnDraft): Promise<void> {
    const { serializer } = this
    if (status !== 'completed') {
      this.describeFailure(status, draft)
      return
    }
    try {
      const outputValue = await this.composeOutput(draft)
      const values: Record<string, string> = outputValue === undefined ? {} : { output: outputValue }
      const journal = [toEntry(serializer, endFact(status, undefined), values)]
      draft.end = { status, ...(outputValue === undefined ? {} : { outputValue }), journal }
    } catch (error) {
      // An output that is put together of several can be too large, though each of them was stored.
      if (!isHeddleError(error, 'LIMIT_EXCEEDED') && !isHeddleError(error, 'NOT_SERIALISABLE')) throw error
      this.failures.push(error)
      draft.failures.push(serializeError(serializer, error))
      this.describeFailure('failed', draft)
    }
  }

  private describeFailure(status: 'failed' | 'cancelled', draft: TurnDraft): void {
    const { serializer } = this
    const { firstFailure } = this.standing
    const earlier = firstFailure === undefined ? [] : [serializer.deserialize(firstFailure) as HeddleError]
    const error = endingError([...earlier, ...this.failures])
    const errorText = error === undefined ? {} : { errorText: serializeError(serializer, error) }
    draft.end = { status, ...errorText, journal: [toEntry(serializer, endFact(status, error))] }
  }

  /** Answers the name of the value that is the run's output; one of several parts is put together and stored. */
  private async composeOutput(draft: TurnDraft): Promise<string | undefined> {
    const lacking = outputCells(this.graph).filter((name) => !this.cells.has(name))
    if (lacking.length > 0) await this.fetch({ cells: lacking })
    const parts = await this.withCells(() => outputParts(this.graph, this.cells))
    if (parts.type === 'value') return parts.name
    const { values } = await this.fetch({ values: Object.values(parts.names) })
    const record = Object.create(null) as Record<string, unknown>
    for (const [id, name] of Object.entries(parts.names)) {
      const text = values[name]
      if (text !== undefined) record[id] = this.serializer.deserialize(text)
    }
    draft.values[runOutputValue] = this.serializer.serialize({ ...record })
    return runOutputValue
  }
}
