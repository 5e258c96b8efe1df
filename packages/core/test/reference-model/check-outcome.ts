import type { WorkflowBlueprint } from '../../src/model/blueprint.ts'
import type { EdgeMark } from '../../src/model/mark.ts'
import { visitKey } from '../../src/model/visit.ts'
import { joinVerdict } from './join-verdict.ts'
import {
  countedEdges,
  isRepetition,
  loopsAround,
  loopsLeft,
  markKey,
  readGraph,
  startsHere,
  targetIteration,
} from './reference-graph.ts'
import type { ReferenceEdge, ReferenceGraph, ReferenceLoop } from './reference-graph.ts'
import type { ReferenceOutcome } from './run-record.ts'
import { isErrorHandled, takenEdges } from './routing.ts'
import type { ReferenceResults } from './routing.ts'

/** The part of an outcome that can be checked: what a run of any engine can tell. */
export type CheckedOutcome = Pick<ReferenceOutcome, 'status' | 'visits' | 'handled' | 'skipReasons' | 'marks'>

interface Check {
  readonly graph: ReferenceGraph
  readonly results: ReferenceResults
  readonly outcome: CheckedOutcome
  readonly problems: string[]
  readonly expectedVisits: Set<string>
  readonly expectedMarks: Set<string>
}

/**
 * Checks the end of a run without running anything: each visit and each mark must be what the rules say, given the others; every
 * one that must be there is, and no other is. Returns the breaches as sentences.
 */
export function checkOutcome(
  blueprint: WorkflowBlueprint,
  results: ReferenceResults,
  outcome: CheckedOutcome,
): string[] {
  const graph = readGraph(blueprint)
  const check: Check = { graph, results, outcome, problems: [], expectedVisits: new Set(), expectedMarks: new Set() }
  const plain = [...graph.nodes.keys()].filter((id) => !graph.fallbacks.has(id))
  checkRegion(check, plain, [])
  checkFallbacks(check)
  for (const key of outcome.visits.keys()) {
    if (!check.expectedVisits.has(key)) check.problems.push(`visit ${key} should not be`)
  }
  for (const key of outcome.marks.keys()) {
    if (!check.expectedMarks.has(key)) check.problems.push(`mark ${key} should not be`)
  }
  const hasUnhandled = [...outcome.visits].some(([key, status]) => status === 'failed' && !outcome.handled.has(key))
  if (outcome.status !== (hasUnhandled ? 'failed' : 'completed')) check.problems.push(`run is ${outcome.status}`)
  return check.problems
}

/** Checks one iteration of a loop, or what lies outside all loops: its own nodes once, its inner loops iteration by iteration. */
function checkRegion(check: Check, ids: readonly string[], prefix: readonly number[]): void {
  const depth = prefix.length
  for (const id of ids) {
    const around = loopsAround(check.graph, id)
    const inner = around[depth]
    if (inner === undefined) checkVisit(check, id, prefix)
    else if (inner.header === id) checkLoop(check, inner, prefix)
  }
}

function checkLoop(check: Check, loop: ReferenceLoop, prefix: readonly number[]): void {
  for (let counter = 0; ; counter += 1) {
    const iteration = [...prefix, counter]
    if (counter > 0 && verdictAt(check, loop.header, iteration) !== 'fire') break
    checkRegion(check, [...loop.members], iteration)
  }
  for (const edge of check.graph.edges) {
    if (loopsLeft(check.graph, edge)[0] === loop) checkExit(check, edge, loop, prefix)
  }
}

/** Checks one visit: that its join was decided rightly, that its status is what its result says, and its edges inside the loop. */
function checkVisit(check: Check, nodeId: string, iteration: readonly number[]): void {
  const { graph, outcome, problems } = check
  const key = visitKey({ nodeId, iteration })
  check.expectedVisits.add(key)
  const verdict = verdictAt(check, nodeId, iteration)
  const wanted =
    verdict === 'skip' ? 'skipped' : verdict === 'fire' ? statusByResult(check, nodeId, iteration) : 'decided'
  const actual = outcome.visits.get(key)
  if (actual !== wanted) problems.push(`visit ${key} is ${actual}, should be ${wanted}`)
  if (verdict === 'skip') {
    const reason = marksInto(check, nodeId, iteration).includes('failed') ? 'cut-off' : 'not-chosen'
    if (outcome.skipReasons.get(key) !== reason) problems.push(`visit ${key} should be skipped as ${reason}`)
  }
  for (const edge of countedEdges(graph, nodeId, iteration)) check.expectedMarks.add(markKey(edge, iteration))
  for (const edge of graph.edges) {
    if (edge.source !== nodeId || loopsLeft(graph, edge).length > 0) continue
    const mark = markKey(edge, targetIteration(graph, edge, iteration))
    check.expectedMarks.add(mark)
    const should = markBySource(check, edge, iteration)
    if (outcome.marks.get(mark) !== should) problems.push(`mark ${mark} is ${outcome.marks.get(mark)}, not ${should}`)
  }
}

/** Checks the one mark of an exit: taken by any visit of the loop, or what the end of the loop gives. */
function checkExit(check: Check, edge: ReferenceEdge, loop: ReferenceLoop, prefix: readonly number[]): void {
  const { graph, outcome } = check
  const mark = markKey(edge, targetIteration(graph, edge, prefix))
  check.expectedMarks.add(mark)
  const inside = [...check.expectedVisits].map(parseVisitKey).filter(({ nodeId, iteration }) => {
    const isHere = prefix.every((counter, index) => iteration[index] === counter)
    return loop.members.has(nodeId) && isHere
  })
  const isTaken = inside.some(
    ({ nodeId, iteration }) => nodeId === edge.source && markBySource(check, edge, iteration) === 'taken',
  )
  const isCut = inside.some((name) => {
    const key = visitKey(name)
    const isUnhandled = outcome.visits.get(key) === 'failed' && !outcome.handled.has(key)
    return isUnhandled || outcome.skipReasons.get(key) === 'cut-off'
  })
  const should = isTaken ? 'taken' : isCut ? 'failed' : 'skipped'
  if (outcome.marks.get(mark) !== should) {
    check.problems.push(`exit ${mark} is ${outcome.marks.get(mark)}, should be ${should}`)
  }
}

function checkFallbacks(check: Check): void {
  const { graph, outcome, problems } = check
  const needed = new Set<string>()
  for (const name of [...check.expectedVisits].map(parseVisitKey)) {
    const fallback = graph.nodes.get(name.nodeId)?.config?.fallback
    if (fallback === undefined || outcome.visits.get(visitKey(name)) !== 'failed') continue
    if (isErrorHandled(edgesFrom(check, name.nodeId), check.results(name.nodeId, name.iteration))) continue
    const key = visitKey({ nodeId: fallback, iteration: name.iteration, insteadOf: name.nodeId })
    needed.add(fallback)
    check.expectedVisits.add(key)
    const wanted = 'fail' in check.results(fallback, name.iteration, name.nodeId) ? 'failed' : 'completed'
    if (outcome.visits.get(key) !== wanted) problems.push(`fallback ${key} should be ${wanted}`)
  }
  for (const nodeId of graph.fallbacks) {
    if (needed.has(nodeId)) continue
    check.expectedVisits.add(nodeId)
    if (outcome.visits.get(nodeId) !== 'skipped') problems.push(`nobody needed ${nodeId}: it should be skipped`)
  }
}

function verdictAt(check: Check, nodeId: string, iteration: readonly number[]): 'fire' | 'skip' | 'wait' {
  const declared = check.graph.nodes.get(nodeId)?.config?.joinStrategy ?? 'all'
  const isLater = isRepetition(check.graph, nodeId, iteration)
  return joinVerdict(isLater && declared === 'settled' ? 'all' : declared, marksInto(check, nodeId, iteration))
}

function marksInto(check: Check, nodeId: string, iteration: readonly number[]): (EdgeMark | undefined)[] {
  const incoming = countedEdges(check.graph, nodeId, iteration)
  const marks = incoming.map((edge) => check.outcome.marks.get(markKey(edge, iteration)))
  return startsHere(check.graph, nodeId, iteration) ? [...marks, 'taken'] : marks
}

/** What the source's visit says about an edge, were it no exit. */
function markBySource(check: Check, edge: ReferenceEdge, iteration: readonly number[]): EdgeMark {
  const { outcome, results, graph } = check
  const key = visitKey({ nodeId: edge.source, iteration })
  const status = outcome.visits.get(key)
  if (status === 'skipped') return outcome.skipReasons.get(key) === 'cut-off' ? 'failed' : 'skipped'
  if (status === 'failed' && !outcome.handled.has(key)) return 'failed'
  const outgoing = edgesFrom(check, edge.source)
  const own = results(edge.source, iteration)
  const fallback = graph.nodes.get(edge.source)?.config?.fallback
  const isReplaced = 'fail' in own && !isErrorHandled(outgoing, own) && fallback !== undefined
  const result = isReplaced ? results(fallback, iteration, edge.source) : own
  return takenEdges(outgoing, result).has(edge.key) ? 'taken' : 'skipped'
}

/** The status that a visit must have, and whether it must be handled, by what its handler and its fallback's give. */
function statusByResult(check: Check, nodeId: string, iteration: readonly number[]): 'completed' | 'failed' {
  const { results, graph, outcome } = check
  const own = results(nodeId, iteration)
  if (!('fail' in own)) return 'completed'
  const fallback = graph.nodes.get(nodeId)?.config?.fallback
  const isReplaced = fallback !== undefined && !('fail' in results(fallback, iteration, nodeId))
  const isHandled = isErrorHandled(edgesFrom(check, nodeId), own) || isReplaced
  const key = visitKey({ nodeId, iteration })
  if (outcome.handled.has(key) !== isHandled) check.problems.push(`${key} should${isHandled ? '' : ' not'} be handled`)
  return 'failed'
}

function edgesFrom(check: Check, nodeId: string): ReferenceEdge[] {
  return check.graph.edges.filter((edge) => edge.source === nodeId)
}

/** Reads back the key of a visit that is not a fallback's. */
function parseVisitKey(key: string): { nodeId: string; iteration: number[] } {
  const [nodeId = '', counters] = key.split('@')
  return { nodeId, iteration: counters === undefined ? [] : counters.split('.').map(Number) }
}
