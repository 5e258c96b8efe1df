import type { RunFact } from '../../model/run-event.ts'
import type { GraphTraverser } from '../../traversal/graph-traverser.ts'
import type { Publisher } from '../engine/publisher.ts'

/** Brings the facts of one run from the kernel to whoever wants them; as long as nobody does, none are made. */
export class RunFacts {
  readonly publisher: Publisher
  private readonly traverser: GraphTraverser

  constructor(traverser: GraphTraverser, publisher: Publisher) {
    this.traverser = traverser
    this.publisher = publisher
  }

  /**
   * Keeps the first events, so that whoever awaits the handle of a new run can listen to all of them.
   *
   * @param later calls back once the owner of the handle had its turn
   */
  keepBacklog(later: (release: () => void) => void): void {
    this.publisher.backlog = []
    later(() => {
      this.publisher.backlog = undefined
      if (this.publisher.wanted) return
      this.publisher.at = 0
      this.traverser.control.facts = undefined
    })
  }

  /** Before a decision: lets the kernel write facts if somebody wants them by now. */
  watch(): void {
    const { control } = this.traverser
    if (control.facts === undefined && this.publisher.wanted) control.facts = []
  }

  /** After a decision: publishes what it wrote. */
  flush(): void {
    if (this.traverser.control.facts === undefined) return
    const facts = this.traverser.takeFacts()
    if (facts.length > 0) this.publisher.publish(facts)
  }

  /** Publishes a fact that is no decision of the kernel's. */
  tell(fact: RunFact): void {
    this.watch()
    this.traverser.control.facts?.push(fact)
    this.flush()
  }
}
