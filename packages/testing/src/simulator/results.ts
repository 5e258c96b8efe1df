import {
  FlowRuntime,
  ReplayOrchestrator,
  type ICoordinationStore,
  type IJobQueue,
  type RunEvent,
  type RunHead,
  type WorkflowResult,
} from '@heddle/core'
import type { Report } from './checks/violation.ts'
import { canonicalResult } from './canonical-result.ts'
import type { References } from './references.ts'
import type { EndedRun } from './simulate-options.ts'
import type { SimulationPlan } from './simulation-plan.ts'

/** A world in which nothing happens any more. */
interface WorldEnd {
  readonly seed: number
  /** Where its runs stand, in order. */
  readonly heads: readonly RunHead[]
  readonly store: ICoordinationStore
  readonly report: Report
}

/** Who only looks at results has nothing to enqueue. */
const noQueue: IJobQueue = {
  enqueue: async () => undefined,
  consume: () => ({ close: async () => undefined }),
  close: async () => undefined,
}

/** Holds the results of the runs of a world against what they must be. */
export async function judgeResults(plan: SimulationPlan, references: References, world: WorldEnd): Promise<void> {
  const { seed, heads, store, report } = world
  const runtime = new FlowRuntime({ ...plan.ports, store, queue: noQueue })
  for (const [run, head] of heads.entries()) {
    const handle = runtime.open(plan.workflow, head.runId)
    const journal = (): Promise<readonly RunEvent[]> => handle.journal()
    const result = await (head.status === 'live' ? readOpenResult(plan, runtime, await journal()) : handle.result())
    const fault = await findFault(plan, references, result, { seed, run, journal })
    if (fault !== undefined) report('G8', `the result of run "${head.runId}" is not ${fault}. ${mend(plan)}`)
  }
}

/** Why an undisturbed run may have come to something else although no guarantee was broken: handlers need not answer the same twice. */
function mend({ options: { expect = 'same' } }: SimulationPlan): string {
  const cause =
    'An attempt that was lost is made again: is a handler perhaps not deterministic, by the time, chance, or state outside of the run?'
  return expect === 'same'
    ? `${cause} Keep what it finds out in ctx.step, or say with "expect" what a result may be`
    : `${cause} Keep what it finds out in ctx.step, or let "expect" allow for it`
}

/** What is wrong with a result, if anything is. */
async function findFault(
  { workflow, options: { expect = 'same' } }: SimulationPlan,
  references: References,
  result: WorkflowResult,
  run: EndedRun,
): Promise<string | undefined> {
  if (expect === 'same') {
    const expected = await references.get(run)
    const actual = canonicalResult(workflow, result)
    return actual === expected ? undefined : `that of an undisturbed run: ${difference(expected, actual)}`
  }
  try {
    await expect(result, run)
    return undefined
  } catch (error) {
    return `as expected: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** The result so far of a run that waits for an answer that nobody gives. */
async function readOpenResult(
  { workflow }: SimulationPlan,
  runtime: FlowRuntime,
  journal: readonly RunEvent[],
): Promise<WorkflowResult> {
  const { traverser, executorFactory, state, services } = runtime.prepare(workflow)
  const replay = new ReplayOrchestrator(journal)
  return (await replay.run(traverser, executorFactory, state, services)) as WorkflowResult
}

/** The first lines in which two texts differ. */
function difference(expected: string, actual: string): string {
  const wanted = expected.split('\n')
  const found = actual.split('\n')
  const at = wanted.findIndex((line, index) => line !== found[index])
  const [other = 'nothing', own = 'nothing'] = at === -1 ? [found[wanted.length]] : [found[at], wanted[at]]
  return `"${other}" instead of "${own}"`
}
