import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { RunRef } from '../ports/run-records.ts'
import type { CommitReply, FetchRequest, TurnChanges, TurnGrant, TurnRef } from '../ports/turn-store.ts'
import { Decisions, type Fetched } from './decisions.ts'
import type { Definition } from './definitions.ts'

/** A commit that was accepted. */
type Committed = Extract<CommitReply, { status: 'committed' }>

/** A commit that was accepted, and what it wrote. */
export interface Applied {
  readonly reply: Committed
  readonly changes: TurnChanges
}

/** What a turn is driven with. */
export interface TurnOptions {
  readonly store: ICoordinationStore
  readonly run: RunRef
  readonly definition: Definition
  /** The run's graph, with the expansions that the grant tells of. */
  readonly graph: CompiledGraph
  readonly maxCommits: number
  /** Carries out what a commit left to be done outside the store. The first one of a run comes with what was written when it was started. */
  readonly onCommit: (applied: Applied) => Promise<void>
}

/**
 * One turn of a run: the kernel decides the events of the inbox over the cells that came along, and everything that follows is
 * written in one commit; then the next events, until there are none or others shall have their turn.
 */
export class Turn {
  private readonly options: TurnOptions
  private readonly decisions: Decisions
  private grant: TurnGrant

  constructor(options: TurnOptions, grant: TurnGrant) {
    const { run, definition, graph } = options
    this.options = options
    this.grant = grant
    this.decisions = new Decisions({ run, definition, graph, fetch: (request) => this.fetch(request) }, grant)
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
        const changes = await this.decisions.decide(this.grant.inbox)
        const reply = await this.options.store.commit(this.ref, changes, commits < this.options.maxCommits)
        if (reply.status === 'refused') return 'refused'
        // The beginning may have been written with the start, of which nobody was told.
        await this.options.onCommit({ reply: this.grant.revision <= 1 ? { ...reply, seq: 1 } : reply, changes })
        if (reply.turn === undefined) return 'ended'
        this.grant = reply.turn
        this.decisions.load(reply.turn.cells)
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

  private async fetch(request: FetchRequest): Promise<Fetched> {
    const reply = await this.options.store.fetch(this.ref, request)
    if (reply.status === 'refused') throw new HeddleError('COMMIT_REFUSED', "the turn is somebody else's by now")
    return reply
  }
}
