import { visitKey, type VisitName } from '../src/model/visit.ts'
import type { IJournalStore } from '../src/ports/journal-store.ts'
import type { CrashWorld } from './crash-patterns/handlers.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** The most entries that a run of these tests has. */
const all = 10_000

/** Facts after which a visit, or what undoes it, is over for good, or a step is recorded. */
interface Recording extends VisitName {
  readonly type: string
  readonly status?: string
  readonly call?: string
  readonly error?: unknown
}

/**
 * The world outside of the processes of a run. It goes on when one of them ends, and sees to it that nothing runs again of which the
 * journals knew the outcome when a process began.
 */
export class CrashWitness {
  readonly clock: VirtualClock
  readonly tokens: string[] = []
  readonly world: CrashWorld
  private recorded: ReadonlySet<string> = new Set()

  constructor(clock: VirtualClock) {
    this.clock = clock
    const ran = (key: string): void => {
      if (this.recorded.has(key)) this.ranAgain.push(key)
    }
    this.world = { clock, tokens: this.tokens, ran }
  }

  /** What ran although its outcome was recorded, by visit, and for a step its name. */
  readonly ranAgain: string[] = []

  /** Learns what is recorded when a process begins. */
  async readRecorded(store: IJournalStore): Promise<void> {
    const recorded = new Set<string>()
    for await (const { runId } of store.list()) {
      for (const { fact, texts = {} } of (await store.readEntries(runId, 0, all)) ?? []) {
        const key = keyOf({ ...fact, ...('error' in texts ? { error: texts['error'] } : {}) } as unknown as Recording)
        if (key !== undefined) recorded.add(`${runId}:${key}`)
      }
    }
    this.recorded = recorded
  }
}

function keyOf(fact: Recording): string | undefined {
  switch (fact.type) {
    case 'node.completed':
    case 'node.failed':
    case 'node.cancelled':
      return visitKey(fact)
    case 'map.item':
      return visitKey(fact)
    case 'compensation.completed':
    case 'compensation.failed':
      return visitKey({ ...fact, compensates: true })
    case 'step.recorded':
      // A step that failed is run again by the next attempt.
      return fact.error === undefined ? `${visitKey(fact)} ${fact.call ?? ''}` : undefined
    default:
      return undefined
  }
}
