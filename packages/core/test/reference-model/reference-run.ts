import type { WorkflowBlueprint } from '../../src/model/blueprint.ts'
import type { EdgeMark } from '../../src/model/mark.ts'
import { visitKey } from '../../src/model/visit.ts'
import type { VisitName } from '../../src/model/visit.ts'
import { cancelRegion } from './cancel-region.ts'
import { joinVerdict } from './join-verdict.ts'
import {
  countedEdges,
  depthOf,
  isRepetition,
  loopsAround,
  loopsLeft,
  markKey,
  readGraph,
  startsHere,
  targetIteration,
} from './reference-graph.ts'
import type { ReferenceEdge, ReferenceLoop } from './reference-graph.ts'
import { isErrorHandled, isUnrouted, takenEdges } from './routing.ts'
import type { ReferenceResult, ReferenceResults } from './routing.ts'
import { fail, noteOverlaps, outcomeOf } from './run-record.ts'
import type { ReferenceOutcome, Run, VisitRecord } from './run-record.ts'

/**
 * Runs a blueprint by the text of the semantics under `onFailure: 'continue'`: one ready visit after another settles, `choose`
 * says which. After each settlement, everything that follows from the marks is looked up again from the beginning.
 * Maps, waits, expansions and the evaluation of expressions are outside the model.
 */
export function runReference(
  blueprint: WorkflowBlueprint,
  results: ReferenceResults,
  choose: (readyKeys: readonly string[]) => number,
  options: { readonly maxVisits?: number } = {},
): ReferenceOutcome {
  const graph = readGraph(blueprint)
  if (graph.problems.length > 0) throw new Error(`Invalid blueprint ${blueprint.id}: ${graph.problems.join('; ')}`)
  const run: Run = {
    graph,
    visits: new Map(),
    marks: new Map(),
    endedLoops: new Set(),
    overlapped: new Set(),
    warnings: [],
  }
  for (;;) {
    while (decideJoins(run) || endLoop(run));
    const ready = [...run.visits].filter(([, visit]) => visit.status === 'ready')
    if (ready.length === 0) break
    noteOverlaps(run)
    const [, visit] = ready[choose(ready.map(([key]) => key))] ?? fail('choose returned no index of a ready visit')
    settle(run, visit, results(visit.name.nodeId, visit.name.iteration, visit.name.insteadOf))
    if (run.visits.size > (options.maxVisits ?? 5000)) fail('the run does not end')
  }
  return outcomeOf(run)
}

/** Decides each join that can be decided by the marks there are. Returns whether there was one. */
function decideJoins(run: Run): boolean {
  const { graph } = run
  const targets = new Map<string, VisitName>()
  const add = (nodeId: string, iteration: readonly number[]): void => {
    const name = { nodeId, iteration }
    if (!run.visits.has(visitKey(name))) targets.set(visitKey(name), name)
  }
  for (const nodeId of graph.starts) {
    const first = loopsAround(graph, nodeId).map(() => 0)
    add(nodeId, first)
  }
  for (const { edge, iteration } of run.marks.values()) add(edge.target, iteration)

  let hasDecided = false
  for (const [key, name] of targets) {
    const incoming = countedEdges(graph, name.nodeId, name.iteration)
    const records = incoming.map((edge) => run.marks.get(markKey(edge, name.iteration)))
    const marks = records.map((record) => record?.mark)
    if (startsHere(graph, name.nodeId, name.iteration)) marks.push('taken')
    const repeats = isRepetition(graph, name.nodeId, name.iteration)
    const declared = graph.nodes.get(name.nodeId)?.config?.joinStrategy ?? 'all'
    // If nothing taken could start another iteration, no loop would end.
    const verdict = joinVerdict(repeats && declared === 'settled' ? 'all' : declared, marks)
    if (verdict === 'fire') {
      const sources = records.flatMap((record) => (record?.mark === 'taken' ? (record.source ?? []) : []))
      run.visits.set(key, { name, status: 'ready', isHandled: false, deps: [...new Set(sources)] })
      hasDecided = true
    } else if (verdict === 'skip' && !repeats) {
      const skipReason = marks.includes('failed') ? 'cut-off' : 'not-chosen'
      const visit: VisitRecord = { name, status: 'skipped', isHandled: false, skipReason, deps: [] }
      run.visits.set(key, visit)
      const mark = skipReason === 'cut-off' ? 'failed' : 'skipped'
      markEdges(run, visit, () => mark)
      hasDecided = true
    }
  }
  return hasDecided
}

/** Ends one loop, inner before outer ones, in which nothing is live: its exits that were never taken get their mark. */
function endLoop(run: Run): boolean {
  for (const loop of run.graph.loops) {
    const depth = depthOf(run.graph, loop)
    for (const { name } of run.visits.values()) {
      const prefix = name.iteration.slice(0, depth)
      const loopKey = `${loop.header}@${prefix.join('.')}`
      const hasBegun = name.nodeId === loop.header && name.iteration[depth] === 0
      if (!hasBegun || run.endedLoops.has(loopKey)) continue
      const inside = visitsInside(run, loop, prefix)
      if (inside.some((visit) => visit.status === 'ready')) continue
      run.endedLoops.add(loopKey)
      const isCut = inside.some(
        (visit) => (visit.status === 'failed' && !visit.isHandled) || visit.skipReason === 'cut-off',
      )
      for (const edge of run.graph.edges) {
        if (loopsLeft(run.graph, edge)[0] !== loop) continue
        const iteration = targetIteration(run.graph, edge, prefix)
        if (!run.marks.has(markKey(edge, iteration))) writeMark(run, edge, iteration, isCut ? 'failed' : 'skipped')
      }
      return true
    }
  }
  return false
}

/** All visits of one activation of a loop: of all its iterations, of nested loops, and of fallbacks for nodes inside it. */
function visitsInside(run: Run, loop: ReferenceLoop, prefix: readonly number[]): VisitRecord[] {
  return [...run.visits.values()].filter(
    ({ name }) =>
      loop.members.has(name.insteadOf ?? name.nodeId) &&
      prefix.every((counter, index) => name.iteration[index] === counter),
  )
}

/** Takes in what a handler gave. */
function settle(run: Run, visit: VisitRecord, result: ReferenceResult): void {
  const { nodeId, iteration, insteadOf } = visit.name
  if (insteadOf !== undefined) {
    const replaced = run.visits.get(visitKey({ nodeId: insteadOf, iteration })) ?? fail(`no visit of ${insteadOf}`)
    if ('fail' in result) {
      visit.status = 'failed'
      failUnhandled(run, replaced)
    } else {
      visit.status = 'completed'
      replaced.status = 'failed'
      replaced.isHandled = true
      cancelAround(run, replaced)
      route(run, replaced, result)
    }
    return
  }
  if (!('fail' in result)) {
    visit.status = 'completed'
    cancelAround(run, visit)
    route(run, visit, result)
    return
  }
  const fallback = run.graph.nodes.get(nodeId)?.config?.fallback
  if (isErrorHandled(edgesFrom(run, nodeId), result)) {
    visit.status = 'failed'
    visit.isHandled = true
    route(run, visit, result)
  } else if (fallback !== undefined) {
    visit.status = 'replaced'
    const name = { nodeId: fallback, iteration, insteadOf: nodeId }
    run.visits.set(visitKey(name), { name, status: 'ready', isHandled: false, deps: [visitKey(visit.name)] })
  } else {
    failUnhandled(run, visit)
  }
}

/** What a visit cancels by completing leads nowhere. */
function cancelAround(run: Run, { name }: VisitRecord): void {
  for (const cancelled of cancelRegion(run, name)) markEdges(run, cancelled, () => 'skipped')
}

function failUnhandled(run: Run, visit: VisitRecord): void {
  visit.status = 'failed'
  markEdges(run, visit, () => 'failed')
}

/** Marks the edges of a visit by a result: its own, or that of its fallback. */
function route(run: Run, visit: VisitRecord, result: ReferenceResult): void {
  const outgoing = edgesFrom(run, visit.name.nodeId)
  const taken = takenEdges(outgoing, result)
  if (isUnrouted(outgoing, result)) run.warnings.push({ code: 'UNROUTED_ACTION', node: visit.name.nodeId })
  markEdges(run, visit, (edge) => (taken.has(edge.key) ? 'taken' : 'skipped'))
}

/** Writes the marks of one settlement. An exit is marked now only if it is taken; else the end of its loop does it. */
function markEdges(run: Run, visit: VisitRecord, markOf: (edge: ReferenceEdge) => EdgeMark): void {
  for (const edge of edgesFrom(run, visit.name.nodeId)) {
    const iteration = targetIteration(run.graph, edge, visit.name.iteration)
    const mark = markOf(edge)
    if (loopsLeft(run.graph, edge).length > 0) {
      if (mark !== 'taken') continue
      if (run.marks.has(markKey(edge, iteration))) {
        run.warnings.push({ code: 'EXIT_RETAKEN', node: edge.source, edge: edge.key })
        continue
      }
    }
    writeMark(run, edge, iteration, mark, visitKey(visit.name))
  }
}

function writeMark(run: Run, edge: ReferenceEdge, iteration: readonly number[], mark: EdgeMark, source?: string): void {
  const key = markKey(edge, iteration)
  if (run.marks.has(key)) fail(`${key} marked twice`)
  run.marks.set(key, { edge, iteration, mark, ...(source === undefined ? {} : { source }) })
}

function edgesFrom(run: Run, nodeId: string): ReferenceEdge[] {
  return run.graph.edges.filter((edge) => edge.source === nodeId)
}
