import { criticalPath } from '../graph.ts'
import { readWorkflowGraphs } from '../wf-graphs.ts'
import type { WorkflowGraph } from '../wf-graphs.ts'
import type { BenchCase } from './contract.ts'
import { watchRun } from './watched-run.ts'

/** How long the longest path of a graph takes once its run times are scaled, in milliseconds. */
const criticalPathMs = 1500
const quickCriticalPathMs = 300

const overhead = ({ key, graph }: WorkflowGraph): BenchCase => ({
  suite: 'wf',
  id: `${key}-overhead`,
  title: `${key}: ${graph.nodeIds.length} nodes, ${graph.edges.length} edges, no-ops`,
  n: graph.nodeIds.length,
  engines: ['floor', 'heddle', 'flowcraft', 'langgraph'],
  isRepeatable: true,
  prepare: async (engine) => ({
    run: await engine.prepareGraph({ graph }),
    expected: graph.nodeIds.length,
    verify: () => watchRun(engine, { graph }),
  }),
})

const makespan = ({ key, graph, runtimeSeconds }: WorkflowGraph, wantedMs: number): BenchCase => {
  const scale = wantedMs / Math.max(criticalPath(graph, runtimeSeconds), Number.EPSILON)
  // Timers know whole milliseconds, and at least one.
  const sleepsMs = runtimeSeconds.map((seconds) => Math.max(1, Math.round(seconds * scale)))
  const sleep = (node: number) =>
    new Promise<number>((resolve) => {
      setTimeout(resolve, sleepsMs[node] ?? 1, 1)
    })
  const load = { graph, work: sleep, concurrency: graph.nodeIds.length }
  return {
    suite: 'wf',
    id: `${key}-makespan`,
    title: `${key}: its run times, scaled, as sleeps`,
    n: graph.nodeIds.length,
    engines: ['floor', 'heddle', 'flowcraft'],
    goal: { ratioToFloor: 1.03 },
    isRepeatable: false,
    idealMs: criticalPath(graph, sleepsMs),
    prepare: async (engine) => ({
      run: await engine.prepareGraph(load),
      expected: graph.nodeIds.length,
      verify: () => watchRun(engine, load),
    }),
  }
}

/** Two cases a file: what the engine costs where tasks take no time, and whether it starts tasks as early as can be where they do. */
export function wfCases(folder: string, isQuick: boolean): BenchCase[] {
  const graphs = readWorkflowGraphs(folder)
  const wantedMs = isQuick ? quickCriticalPathMs : criticalPathMs
  return [...graphs.map((graph) => overhead(graph)), ...graphs.map((graph) => makespan(graph, wantedMs))]
}
