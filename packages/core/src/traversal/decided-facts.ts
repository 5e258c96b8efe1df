import type { RunFact } from '../model/run-event.ts'

/** Types of the facts that the kernel writes. Writes and expansions stand before the outcome that they belong to. */
const decidedTypes: ReadonlySet<RunFact['type']> = new Set([
  'node.ready',
  'node.started',
  'node.completed',
  'node.failed',
  'node.retrying',
  'node.skipped',
  'node.suspended',
  'node.cancelled',
  'edge.taken',
  'edge.skipped',
  'edge.failed',
  'map.opened',
  'map.item',
  'run.compensating',
  'compensation.started',
  'compensation.completed',
  'compensation.retrying',
  'compensation.failed',
])

/** What the kernel decided when a journal was read, in order, until the journal is seen to tell the same. */
export class DecidedFacts {
  private facts: RunFact[] = []
  private next = 0

  /** Whether an event is one that follows from a decision. */
  static isDecided({ type }: RunFact): boolean {
    return decidedTypes.has(type)
  }

  add(facts: readonly RunFact[]): void {
    if (this.next === this.facts.length) {
      this.facts = []
      this.next = 0
    }
    for (const fact of facts) if (decidedTypes.has(fact.type)) this.facts.push(fact)
  }

  get isEmpty(): boolean {
    return this.next === this.facts.length
  }

  /** Whether an event tells the next decided fact. */
  isNext(event: RunFact): boolean {
    const fact = this.facts[this.next]
    return fact !== undefined && isSame(fact, event)
  }

  /** The same, and goes on to the fact after it. */
  take(event: RunFact): boolean {
    const isNext = this.isNext(event)
    if (isNext) this.next++
    return isNext
  }
}

function isSame(fact: RunFact, event: RunFact): boolean {
  if (fact.type !== event.type) return false
  if ('edge' in fact) return 'edge' in event && fact.edge === event.edge && isSamePath(fact.iteration, event.iteration)
  if (!('nodeId' in fact && 'nodeId' in event)) return fact.type === 'run.compensating'
  if (fact.nodeId !== event.nodeId) return false
  return isSamePath(fact.iteration ?? [], event.iteration ?? []) && itemOf(fact) === itemOf(event)
}

function itemOf(fact: RunFact): number | undefined {
  return 'item' in fact ? fact.item : undefined
}

function isSamePath(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((counter, at) => counter === other[at])
}
