import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { CellOverlay, MissingCells } from '../kernel/cell-overlay.ts'
import { cellsBehind } from '../kernel/cell-reach.ts'
import type { InboxEvent } from '../model/stored-event.ts'
import type { VisitName } from '../model/visit.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { RunRef } from '../ports/run-records.ts'
import type { CommitReply, FetchReply, FetchRequest, TurnChanges, TurnGrant, TurnRef } from '../ports/turn-store.ts'
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

/** A commit that was accepted. */
export type Committed = Extract<CommitReply, { status: 'committed' }>

/** What a turn is driven with. */
export interface TurnOptions {
  readonly store: ICoordinationStore
  readonly run: RunRef
  readonly definition: Definition
  /** The run's graph, with the expansions that the grant tells of. */
  readonly graph: CompiledGraph
  readonly maxCommits: number
  /** Carries out what a commit left to be done outside the store. The first one of a run comes with what was written when it was started. */
  readonly onCommit: (reply: Committed, changes: TurnChanges) => Promise<void>
}

/**
 * One turn of a run: the kernel decides the events of the inbox over the cells that came along, and everything that follows is
 * written in one commit; then the next events, until there are none or others shall have their turn.
 */
export class Turn {
  private readonly options: TurnOptions
  private readonly cells: CellOverlay = new CellOverlay()
  private readonly failures: HeddleError[] = []
  private readonly merged: TurnView['merged'] = new Map()
  private graph: CompiledGraph
  private grant: TurnGrant
  /** The run's first failure before this turn, as text: only a run that ends looks at it. */
  private readonly earlierFailure: string | undefined
  private claimed: readonly { readonly visit: VisitName; readonly attempt: number }[] = []

  constructor(options: TurnOptions, grant: TurnGrant) {
    this.options = options
    this.graph = options.graph
    this.grant = grant
    this.earlierFailure = grant.firstFailure
  }

  private get serializer(): Definition['engine']['serializer'] {
    return this.options.definition.engine.serializer
  }

  private get ref(): TurnRef {
    const { fence, nonce, revision } = this.grant
    return { ...this.options.run, fence, nonce, revision }
  }

  /**
   * Decides and commits until the turn is over. `refused`: the turn is somebody else's now, and what was decided is dropped.
   *
   * @throws what the kernel throws; the caller then ends the turn
   */
  async drive(): Promise<'ended' | 'refused'> {
    try {
      for (let commits = 1; ; commits++) {
        const changes = await this.decideInbox()
        const reply = await this.options.store.commit(this.ref, changes, commits < this.options.maxCommits)
        if (reply.status === 'refused') return 'refused'
        await this.options.onCommit(this.grant.revision === 0 ? { ...reply, seq: 1 } : reply, changes)
        if (reply.turn === undefined) return 'ended'
        this.grant = reply.turn
      }
    } catch (error) {
      if (isHeddleError(error, 'COMMIT_REFUSED')) return 'refused'
      throw error
    }
  }

  /** Ends the turn without a commit, since an event made the kernel throw. */
  async fail(reason: string): Promise<void> {
    await this.options.store.failTurn(this.ref, reason)
  }

  private async decideInbox(): Promise<TurnChanges> {
    this.cells.load(this.grant.cells)
    const draft = new TurnDraft()
    let ended: EventDecision['ended']
    for (const event of this.grant.inbox) {
      if (ended !== undefined) break
      const decision = await this.decide(event)
      draft.add(decision.draft)
      this.failures.push(...decision.failures)
      ended = decision.ended
    }
    if (ended !== undefined) await this.describeEnd(ended, draft)
    return draft.toChanges(this.cells.takeChanges())
  }

  /** Decides one event; cells that turn out to be missing are fetched, and the event is decided again. */
  private async decide(event: InboxEvent): Promise<EventDecision> {
    const random = this.options.definition.engine.random()
    return this.withCells(() => {
      const { run, definition } = this.options
      const { graph, cells, merged, claimed, grant } = this
      const { onFailure, parent } = grant
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

  private async fetch(request: FetchRequest): Promise<Extract<FetchReply, { status: 'fetched' }>> {
    const reply = await this.options.store.fetch(this.ref, request)
    if (reply.status === 'refused') throw new HeddleError('COMMIT_REFUSED', "the turn is somebody else's by now")
    this.cells.load(reply.cells)
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
    const { serializer, earlierFailure } = this
    const earlier = earlierFailure === undefined ? [] : [serializer.deserialize(earlierFailure) as HeddleError]
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
