import type { WorkflowBlueprint } from '../../model/blueprint.ts'
import { endsRun } from '../../kernel/failure.ts'
import type { Visit } from '../../kernel/visit.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { ReadyNode } from '../../traversal/graph-traverser.ts'
import type { WorkflowState } from '../../traversal/workflow-state.ts'
import { attemptAgain, attemptOnce } from './attempt-once.ts'
import { bindRun } from './bind-run.ts'
import type { InProcessRun } from './in-process-run.ts'
import type { RunDriver } from './run-driver.ts'
import type { ExecutionServices, NodeExecutorFactory } from '../engine/services.ts'

/** A ready node and the outcome of its last attempt. */
export interface SettledNode {
  readonly node: ReadyNode
  readonly outcome: Outcome
}

/**
 * Attempts ready nodes, at most `concurrency` at a time, all retries and their delays included. What became of them takes effect
 * when it is handed to `processResults`.
 *
 * It answers early, and starts no more of them, when one has failed for good and nothing handles it, unless `onFailure` is `continue`:
 * nodes that still run are left out of the answer, and `processResults` aborts them; under `compensate` they are awaited. The same holds when the run ends meanwhile, by a
 * cancel. The items of a map are awaited: whether the map tolerates a failed one is known when all of the batch are processed.
 *
 * @param _blueprint the traverser's; what is executed follows from the ready nodes
 */
export async function executeBatch(
  readyNodes: readonly ReadyNode[],
  _blueprint: WorkflowBlueprint,
  // A state may have any record of shared values.
  // oxlint-disable-next-line typescript/no-explicit-any
  state: WorkflowState<any>,
  executorFactory: NodeExecutorFactory,
  services: ExecutionServices,
  concurrency?: number,
): Promise<SettledNode[]> {
  const runs = readyNodes.map(({ traverser }) => bindRun(traverser, state as WorkflowState, executorFactory, services))
  const batch = new Batch(readyNodes, runs)
  const stopWatching = [...new Set(runs)].map((run) => watchEnd(run, () => batch.stop()))
  try {
    return await batch.execute(Math.min(concurrency ?? Infinity, readyNodes.length))
  } finally {
    for (const stop of stopWatching) stop()
  }
}

/** Ready nodes that are executed together, each with its run. */
class Batch {
  private tellStopped: () => void = () => undefined
  private readonly nodes: readonly ReadyNode[]
  private readonly runs: readonly InProcessRun[]
  private readonly settled: (SettledNode | undefined)[] = []
  /** The node that ends its run. It comes last, so that what settled before it counts. */
  private fatal: SettledNode | undefined
  private next = 0

  constructor(nodes: readonly ReadyNode[], runs: readonly InProcessRun[]) {
    this.nodes = nodes
    this.runs = runs
  }

  async execute(slots: number): Promise<SettledNode[]> {
    const stopped = new Promise<void>((resolve) => {
      this.tellStopped = resolve
    })
    await Promise.race([stopped, Promise.all(Array.from({ length: slots }, () => this.work()))])
    return [...this.settled, this.fatal].filter((entry) => entry !== undefined)
  }

  /** Starts no more nodes, and waits for none. */
  stop(): void {
    this.next = this.nodes.length
    this.tellStopped()
  }

  private async work(): Promise<void> {
    const pacer = this.runs[0]?.engine.pacer
    while (this.next < this.nodes.length) {
      if (pacer?.isDue() === true) await pacer.turn
      else await this.attemptNext()
    }
  }

  private async attemptNext(): Promise<void> {
    const at = this.next++
    const run = this.runs[at] as InProcessRun
    const node = this.nodes[at] as ReadyNode
    const visit = node.traverser.current(node)
    if (visit === undefined || run.isSettled || !run.start(visit)) return
    const outcome = await attemptToTheEnd(run, visit)
    const entry = { node: { ...node, visit }, outcome }
    if (outcome.status !== 'failed' || !endsRun(run.control, visit, outcome)) {
      this.settled[at] = entry
      return
    }
    if (run.control.onFailure === 'compensate') {
      this.settled[at] = entry
      this.next = this.nodes.length
      return
    }
    this.fatal ??= entry
    this.stop()
  }
}

async function attemptToTheEnd(run: InProcessRun, visit: Visit): Promise<Outcome> {
  const outcome = await attemptOnce(run, visit)
  return outcome.status === 'failed' ? attemptAgain(run, visit, outcome) : outcome
}

/** Calls back when a run ends by itself. @returns stops watching */
function watchEnd(run: InProcessRun, ended: () => void): () => void {
  const { driver } = run
  const watch: RunDriver = {
    workDue: () => driver.workDue(),
    restDue: () => {
      if (run.isSettled) ended()
      driver.restDue()
    },
  }
  run.driver = watch
  return () => {
    if (run.driver === watch) run.driver = driver
  }
}
