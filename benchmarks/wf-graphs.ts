import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Graph } from './graph.ts'

/** The shape and the run times of one workflow that was really executed. */
export interface WorkflowGraph {
  /** Short name for case ids: the file's, without its ending. */
  readonly key: string
  readonly graph: Graph
  /** Run time of each node, in the order of `graph.nodeIds`. */
  readonly runtimeSeconds: readonly number[]
}

/** Reads every `.json` file of a folder, in the order of their names. Throws with the file and what is wrong with it. */
export function readWorkflowGraphs(folder: string): WorkflowGraph[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
  if (files.length === 0) throw new Error(`There is no .json file in ${folder}.`)
  return files.map((name) => {
    try {
      return parseWorkflowGraph(path.basename(name, '.json'), readFileSync(path.join(folder, name), 'utf8'))
    } catch (error) {
      throw new Error(`${path.join(folder, name)}: ${(error as Error).message}`, { cause: error })
    }
  })
}

/**
 * Reads one file: either the reduced form `{ tasks, runtimeSeconds, edges }` (ids; seconds in the same order; pairs of positions), or
 * WfCommons' WfFormat, versions 1.0 to 1.6.
 */
export function parseWorkflowGraph(key: string, text: string): WorkflowGraph {
  const data = JSON.parse(text) as Partial<ReducedFile & WfFormatFile>
  const { tasks, runtimeSeconds, edges } = data.workflow === undefined ? readReduced(data) : readWfFormat(data.workflow)
  checkShape(tasks.length, runtimeSeconds.length, edges)
  return { key, graph: { id: toId(key) ?? 'graph', nodeIds: toNodeIds(tasks), edges }, runtimeSeconds }
}

interface ReducedFile {
  readonly tasks: readonly string[]
  readonly runtimeSeconds: readonly number[]
  readonly edges: readonly (readonly [number, number])[]
}

interface WfFormatTask {
  readonly id?: string
  readonly name?: string
  readonly parents?: readonly string[]
  readonly children?: readonly string[]
  /** Versions 1.4 and later. */
  readonly runtimeInSeconds?: number
  /** Before 1.4. */
  readonly runtime?: number
}

interface WfFormatFile {
  readonly workflow: {
    /** Before 1.5: shape and run times together. */
    readonly tasks?: readonly WfFormatTask[]
    /** From 1.5 on: the shape … */
    readonly specification?: { readonly tasks?: readonly WfFormatTask[] }
    /** … and what was measured. */
    readonly execution?: { readonly tasks?: readonly WfFormatTask[] }
  }
}

function readReduced({ tasks, runtimeSeconds, edges }: Partial<ReducedFile>): ReducedFile {
  if (tasks === undefined || runtimeSeconds === undefined || edges === undefined) {
    throw new Error('neither { tasks, runtimeSeconds, edges } nor WfFormat (an object with a `workflow`)')
  }
  return { tasks, runtimeSeconds, edges }
}

function readWfFormat({ tasks: oldTasks, specification, execution }: WfFormatFile['workflow']): ReducedFile {
  const tasks = specification?.tasks ?? oldTasks ?? []
  // Old versions refer to tasks by name, later ones by id.
  const positions = new Map<string, number>()
  for (const [position, { name }] of tasks.entries()) if (name !== undefined) positions.set(name, position)
  for (const [position, { id }] of tasks.entries()) if (id !== undefined) positions.set(id, position)
  const positionOf = (reference: string): number => {
    const position = positions.get(reference)
    if (position === undefined) throw new Error(`a parent or child is named "${reference}", and no task is`)
    return position
  }
  const measured = new Map((execution?.tasks ?? []).map((task) => [task.id ?? task.name, task]))
  const pairs = new Set<string>()
  for (const [position, { parents = [], children = [] }] of tasks.entries()) {
    for (const parent of parents) pairs.add(`${positionOf(parent)} ${position}`)
    for (const child of children) pairs.add(`${position} ${positionOf(child)}`)
  }
  return {
    tasks: tasks.map(({ id, name }, position) => id ?? name ?? `task-${position}`),
    runtimeSeconds: tasks.map((task) => secondsOf(task) ?? secondsOf(measured.get(task.id ?? task.name) ?? {}) ?? 0),
    edges: [...pairs].map((pair) => {
      const [source = 0, target = 0] = pair.split(' ').map(Number)
      return [source, target] as const
    }),
  }
}

function secondsOf({ runtimeInSeconds, runtime }: WfFormatTask): number | undefined {
  return runtimeInSeconds ?? runtime
}

function checkShape(count: number, times: number, edges: ReducedFile['edges']): void {
  if (count === 0) throw new Error('has no tasks')
  if (times !== count) throw new Error(`${count} tasks, but ${times} run times`)
  for (const [source, target] of edges) {
    if (!(source >= 0 && source < count && target >= 0 && target < count)) {
      throw new Error(`edge ${source} → ${target} leads to no task`)
    }
  }
}

/** A blueprint's ids have a narrower alphabet than the names of tasks. */
function toId(name: string): string | undefined {
  return /^[A-Za-z0-9_.-]{1,128}$/u.test(name) ? name : undefined
}

function toNodeIds(names: readonly string[]): string[] {
  const used = new Set<string>()
  return names.map((name, position) => {
    const id = toId(name)
    const free = id === undefined || id === '__proto__' || used.has(id) ? `task-${position}` : id
    used.add(free)
    return free
  })
}
