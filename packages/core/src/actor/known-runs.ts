import { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { RunRef, RunStanding } from '../ports/run-records.ts'
import { Decisions } from './decisions.ts'
import type { Definition } from './definitions.ts'

/** How many runs are remembered. */
const runsKept = 256

/** How many cells of one run are remembered. */
const cellsKept = 4096

/** After so many settlements in a row that came too late a run is left to its turns for the longest time. */
const missesCounted = 6

/** A run as it stands at a revision. */
export interface KnownRun {
  readonly revision: number
  /** Nonce of the turn that wrote it. */
  readonly writtenBy: string
  /** What is decided next is decided here. */
  readonly decisions: Decisions
}

/** How a run stands, and what it is decided with. */
export interface Learned {
  readonly definition: Definition
  /** The run's graph, with the expansions that the standing tells of. */
  readonly graph: CompiledGraph
  readonly standing: RunStanding
}

interface Entry {
  known: KnownRun | undefined
  /** Settlements in a row that came too late. */
  misses: number
  /** How many outcomes are left to turns before the next settlement. */
  skips: number
}

/**
 * The runs whose standing this process knows: from claims, and from what it has written itself. A run that others move on as well is left
 * to its turns for a while, twice as long each time.
 */
export class KnownRuns {
  private readonly entries: Map<string, Entry> = new Map()

  /** Takes in how a run stands, as a claim told it, unless a later revision is known. */
  learn(run: RunRef, { definition, graph, standing }: Learned): void {
    const entry = this.entryOf(run)
    const { known } = entry
    const { revision, writtenBy, cells } = standing
    if (known?.revision === revision && known.writtenBy === writtenBy) known.decisions.load(cells)
    else if (known === undefined || revision >= known.revision) {
      const decisions = new Decisions({ run, definition, graph, fetch: notAtHand }, standing)
      entry.known = { revision, writtenBy, decisions }
    }
  }

  /** What is remembered of a run, which is now the last one that was used. */
  private entryOf({ incarnation }: RunRef): Entry {
    const entry = this.entries.get(incarnation) ?? { known: undefined, misses: 0, skips: 0 }
    this.entries.delete(incarnation)
    this.entries.set(incarnation, entry)
    const [oldest] = this.entries.keys()
    if (this.entries.size > runsKept && oldest !== undefined) this.entries.delete(oldest)
    return entry
  }

  /** Whether outcomes of the run are left to its turns for now. */
  isLeftToTurns({ incarnation }: RunRef): boolean {
    return (this.entries.get(incarnation)?.skips ?? 0) > 0
  }

  /** Counts an outcome that has come; answers whether to settle it. */
  countOutcome({ incarnation }: RunRef): boolean {
    const entry = this.entries.get(incarnation)
    if (entry === undefined) return false
    if (entry.skips === 0) return entry.known !== undefined
    entry.skips--
    return false
  }

  /** Hands out what is known of a run: what is decided with it changes it, so it is kept again or forgotten. */
  take({ incarnation }: RunRef): KnownRun | undefined {
    const entry = this.entries.get(incarnation)
    if (entry === undefined) return undefined
    const { known } = entry
    entry.known = undefined
    return known
  }

  /** What was decided was written: how the run stands now. */
  keep(run: RunRef, known: KnownRun): void {
    const entry = this.entryOf(run)
    entry.misses = 0
    if (known.decisions.size > cellsKept) return
    if (entry.known === undefined || entry.known.revision < known.revision) entry.known = known
  }

  /** What was decided came too late. */
  miss(run: RunRef): void {
    const entry = this.entryOf(run)
    entry.misses = Math.min(entry.misses + 1, missesCounted)
    entry.skips = 2 ** entry.misses
  }
}

function notAtHand(): Promise<never> {
  throw new HeddleError('INTERNAL', 'what a decision needs is read in a turn only')
}
