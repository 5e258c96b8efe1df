import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  EventDrivenOrchestrator,
  FlowRuntime,
  GraphTraverser,
  memoryCoordinationStore,
  ResumptionOrchestrator,
  RunToCompletionOrchestrator,
  StepByStepOrchestrator,
  WorkflowState,
} from '@heddle/core'
import type { IOrchestrator, PreparedRun, WorkflowResult } from '@heddle/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { graphs, handlersInto, type Graph } from './seed-graphs.ts'
import { EventDrivenOrchestrator as SeedEventDriven } from './seed-programs/event-driven.ts'
import { ResumptionOrchestrator as SeedResumption } from './seed-programs/resumption.ts'
import { RunToCompletionOrchestrator as SeedRunToCompletion } from './seed-programs/run-to-completion.ts'
import { StepByStepOrchestrator as SeedStepByStep } from './seed-programs/step-by-step.ts'

const folder = fileURLToPath(new URL('seed-programs', import.meta.url))
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

/** What a run came to, and which handlers it called. */
interface Account {
  readonly status: string
  readonly output: unknown
  readonly outputs: unknown
  readonly context: unknown
  readonly errors: readonly string[]
  readonly skipped: readonly string[]
  readonly calls: readonly string[]
}

const account = (result: WorkflowResult, calls: readonly string[]): Account => ({
  status: result.status,
  output: result.output,
  outputs: { ...result.outputs },
  context: { ...result.context },
  errors: result.errors.map(({ message }) => message),
  skipped: result.skipped,
  calls: [...calls].sort((a, b) => (a < b ? -1 : 1)),
})

/** Lets an orchestrator drive a run until nothing is left to do; one call is enough for all but the stepping ones. */
const drive = async (
  orchestrator: IOrchestrator,
  { traverser, executorFactory, state, services }: Omit<PreparedRun, 'handle'>,
) => {
  const step = async () => (await orchestrator.run(traverser, executorFactory, state, services)) as WorkflowResult
  let result = await step()
  const statuses: string[] = [result.status]
  while (traverser.hasMoreWork() && statuses.length < 50) {
    result = await step()
    statuses.push(result.status)
  }
  return { result, statuses }
}

const runWith = async (orchestrator: IOrchestrator, { blueprint, input }: Graph): Promise<Account> => {
  const calls: string[] = []
  const runtime = new FlowRuntime({ registry: handlersInto(calls) })
  const { result } = await drive(orchestrator, runtime.prepare(blueprint, input))
  return account(result, calls)
}

const runPlainly = async ({ blueprint, input }: Graph): Promise<Account> => {
  const calls: string[] = []
  const runtime = new FlowRuntime({ registry: handlersInto(calls) })
  return account(await runtime.run(blueprint, input), calls)
}

const orchestrators: readonly (readonly [string, IOrchestrator])[] = [
  ['the run-to-completion program of the document', new SeedRunToCompletion()],
  ['the step-by-step program of the document', new SeedStepByStep()],
  ['the resumption program of the document, over a run that has not begun', new SeedResumption()],
  ['the resumption program, delegating to the step-by-step one', new SeedResumption(new SeedStepByStep())],
  ['run-to-completion', new RunToCompletionOrchestrator()],
  ['step-by-step', new StepByStepOrchestrator()],
  ['resumption', new ResumptionOrchestrator(new RunToCompletionOrchestrator())],
  ['event-driven, with two workers', new EventDrivenOrchestrator({ workers: 2 })],
]

beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue()
  vi.spyOn(console, 'error').mockReturnValue()
})

afterEach(() => {
  vi.restoreAllMocks()
})

it('compiles every program of the document under strict alone', { timeout: 60_000 }, () => {
  const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

describe.each(orchestrators)('%s', (_name, orchestrator) => {
  it.each(Object.entries(graphs))('gives what the runtime gives: %s', async (_graphName, graph) => {
    await expect(runWith(orchestrator, graph)).resolves.toEqual(await runPlainly(graph))
  })
})

describe('the step-by-step program of the document', () => {
  it('is stalled until the last step', async () => {
    const { blueprint, input } = graphs['linear']
    const runtime = new FlowRuntime({ registry: handlersInto([]) })
    const { statuses } = await drive(new SeedStepByStep(), runtime.prepare(blueprint, input))
    expect(statuses).toEqual(['stalled', 'stalled', 'stalled', 'completed'])
  })

  it('passes the test that the document prints', async () => {
    await import('./seed-programs/step-through.ts')
  })
})

describe('the resumption program of the document', () => {
  /** Resumes a run of which some nodes are known to have completed. */
  const resume = async (graph: Graph, completed: Readonly<Record<string, unknown>>): Promise<Account> => {
    const calls: string[] = []
    const runtime = new FlowRuntime({ registry: handlersInto(calls) })
    const { executorFactory, services } = runtime.prepare(graph.blueprint, graph.input)
    const traverser = new GraphTraverser(graph.blueprint)
    const state = new WorkflowState({}, { input: graph.input })
    for (const [id, output] of Object.entries(completed)) await state.addCompletedNode(id, output)
    const result = await new SeedResumption().run(traverser, executorFactory, state, services)
    return account(result as WorkflowResult, calls)
  }

  it('runs what is left and nothing else', async () => {
    const { status, calls, outputs } = await resume(graphs['diamond'], { top: 8, left: 16 })
    expect({ status, calls }).toEqual({ status: 'completed', calls: ['bottom', 'right'] })
    expect(outputs).toEqual({ top: 8, left: 16, right: 'right', bottom: { left: 16, right: 'right' } })
  })

  it('runs no fallback that nobody needs although its frontier holds it', async () => {
    const { status, calls, skipped } = await resume(graphs['fallback that nobody needs'], { safe: 2 })
    expect({ status, calls, skipped }).toEqual({ status: 'completed', calls: ['end'], skipped: ['plan-b'] })
  })

  it('runs no branch that was not chosen although its frontier holds it', async () => {
    const { status, calls, skipped } = await resume(graphs['conditions into an all join'], { first: 12 })
    expect({ status, calls, skipped }).toEqual({ status: 'completed', calls: ['high', 'join'], skipped: ['low'] })
  })

  /** Resumes what stopped after some steps, with the state as it was and a new traverser. */
  const resumeAfterSteps = async (graph: Graph, steps: number, subsequent?: IOrchestrator): Promise<Account> => {
    const calls: string[] = []
    const runtime = new FlowRuntime({ registry: handlersInto(calls) })
    const { traverser, executorFactory, state, services } = runtime.prepare(graph.blueprint, graph.input)
    const stepper = new SeedStepByStep()
    for (let step = 0; step < steps; step++) await stepper.run(traverser, executorFactory, state, services)
    const again = new GraphTraverser(graph.blueprint)
    const { result } = await drive(new SeedResumption(subsequent), {
      traverser: again,
      executorFactory,
      state,
      services,
    })
    return account(result, calls)
  }

  it.each([
    ['linear', 2],
    ['diamond', 1],
    ['diamond', 2],
    ['exclusive branch into an all join', 1],
    ['exclusive branch into an all join', 2],
    ['conditions into an all join', 1],
    ['conditions into an all join', 2],
    ['any join', 1],
    ['fallback that nobody needs', 1],
    ['transform', 1],
  ])('ends as if it had never stopped: %s after %i steps', async (name, steps) => {
    const graph = graphs[name]
    const whole = await runPlainly(graph)
    await expect(resumeAfterSteps(graph, steps)).resolves.toEqual(whole)
    await expect(resumeAfterSteps(graph, steps, new SeedRunToCompletion())).resolves.toEqual(whole)
    await expect(resumeAfterSteps(graph, steps, new SeedStepByStep())).resolves.toEqual(whole)
  })
})

describe('the event-driven program of the document', () => {
  /** Feeds the program with the start nodes, and then with what it answers, some jobs at a time. */
  const feed = async ({ blueprint, input }: Graph, jobsAtOnce: number) => {
    const calls: string[] = []
    const runtime = new FlowRuntime({ registry: handlersInto(calls) })
    const { traverser, state, services } = runtime.prepare(blueprint, input)
    const program = new SeedEventDriven(services, memoryCoordinationStore())
    const queue = traverser.getReadyNodes().map(({ nodeId }) => nodeId)
    while (queue.length > 0) {
      const jobs = queue.splice(0, jobsAtOnce)
      const answers = await Promise.all(jobs.map((nodeId) => program.handleJob(nodeId, blueprint, state, state.runId)))
      queue.push(...answers.flatMap(({ nodesToEnqueue }) => nodesToEnqueue))
    }
    const status = state.getStatus(traverser.getAllNodeIds(), traverser.getFallbackNodeIds())
    const { outputs, context } = state.toResult(services.options.serializer)
    return { status, outputs: { ...outputs }, context: { ...context }, calls: [...calls].sort() }
  }

  it.each([
    ['linear', 1],
    ['diamond', 1],
    ['diamond', 2],
    ['any join', 1],
    ['any join', 2],
    ['transform', 1],
    ['fallback that nobody needs', 1],
  ])('gives what the runtime gives: %s, %i jobs at once', async (name, jobsAtOnce) => {
    const { status, outputs, context, calls } = await runPlainly(graphs[name])
    await expect(feed(graphs[name], jobsAtOnce)).resolves.toEqual({ status, outputs, context, calls })
  })

  it('runs one of two branches and stops before the join that counts both', async () => {
    const { status, calls } = await feed(graphs['exclusive branch into an all join'], 1)
    expect({ status, calls }).toEqual({ status: 'stalled', calls: ['choose', 'small'] })
  })

  it('enqueues nothing after a failure', async () => {
    const { status, calls } = await feed(graphs['error edge'], 1)
    expect({ status, calls }).toEqual({ status: 'stalled', calls: ['risky'] })
    expect(console.error).toHaveBeenCalledOnce()
  })
})
