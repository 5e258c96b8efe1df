import { route, type EdgeMark, type Handler, type JoinStrategy } from '@heddle/core'
import { flow, type EdgeText } from './flow.ts'
import type { DrivenRun, OrchestratorHarness } from './orchestrator-harness.ts'

/**
 * Runs a join whose incoming edges get these marks, in this order as far as the orchestrator lets siblings run side by side: its
 * sources are `s0`, `s1` …, it is `join`, and `after` comes behind it. Failures do not stop the run.
 */
export function marksIntoJoin(
  harness: OrchestratorHarness,
  joinStrategy: JoinStrategy,
  ...marks: readonly EdgeMark[]
): Promise<DrivenRun> {
  const nodes: Record<string, object> = {}
  const edges: EdgeText[] = []
  const registry: Record<string, Handler> = {}
  for (const [at, mark] of marks.entries()) {
    const id = `s${at}`
    nodes[id] = {}
    edges.push([id, 'join', mark === 'skipped' ? { action: 'go' } : {}])
    registry[id] = async () => {
      await harness.sleep(10 * (at + 1))
      if (mark === 'failed') throw new Error(`${id} fails`)
      return mark === 'skipped' ? route('stay') : id
    }
  }
  const blueprint = flow({ ...nodes, join: { config: { joinStrategy } }, after: {} }, [...edges, ['join', 'after']])
  return harness.run(blueprint, { registry, onFailure: 'continue' })
}

/** How often the join's handler was called, and how the join and what comes behind it ended. */
export function verdictOf(
  run: DrivenRun,
): readonly [calls: number, join: string | undefined, after: string | undefined] {
  const { join, after } = run.statuses()
  return [run.calls.filter((key) => key === 'join').length, join, after]
}
