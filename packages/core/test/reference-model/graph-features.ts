import { depthOf, loopRepeated, loopsAround, loopsLeft, readGraph } from './reference-graph.ts'
import type { Scenario } from './random-graph.ts'
import type { ReferenceOutcome } from './run-record.ts'

/** Names of what is special in a scenario and in one run of it: to see that a random sweep reaches all of it. */
export function featuresOf({ blueprint }: Scenario, outcome: ReferenceOutcome): Set<string> {
  const graph = readGraph(blueprint)
  const features = new Set<string>()
  const note = (feature: string, is: boolean): void => {
    if (is) features.add(feature)
  }
  const { edges, loops, nodes } = graph
  note('explicit start', blueprint.start !== undefined)
  note('several starts', graph.starts.size > 1)
  note(
    'start with incoming edges',
    edges.some((edge) => graph.starts.has(edge.target)),
  )
  note(
    'parallel edges',
    edges.some((edge) => !edge.key.endsWith('#0')),
  )
  note(
    'error edge',
    edges.some((edge) => edge.definition.on === 'error'),
  )
  const users = [...nodes.values()].flatMap((node) => node.config?.fallback ?? [])
  note('fallback', users.length > 0)
  note('shared fallback', new Set(users).size < users.length)
  for (const [id, node] of nodes) {
    const strategy = node.config?.joinStrategy
    const name = typeof strategy === 'object' ? 'atLeast' : (strategy ?? 'all')
    if (edges.filter((edge) => edge.target === id).length > 1) note(`join ${name}`, true)
    note(`header ${name}`, loopsAround(graph, id).at(-1)?.header === id)
  }
  note('loop', loops.length > 0)
  note(
    'self loop',
    loops.some((loop) => loop.members.size === 1),
  )
  note(
    'nested loops',
    loops.some((loop) => depthOf(graph, loop) === 1),
  )
  note(
    'three loops deep',
    loops.some((loop) => depthOf(graph, loop) === 2),
  )
  note('sequential loops', loops.filter((loop) => depthOf(graph, loop) === 0).length > 1)
  for (const loop of loops) {
    note('several back edges', edges.filter((edge) => loopRepeated(graph, edge) === loop).length > 1)
    note('several exits', edges.filter((edge) => loopsLeft(graph, edge).includes(loop)).length > 1)
  }
  for (const edge of edges) {
    const left = loopsLeft(graph, edge).length
    const isEntry = loopsAround(graph, edge.target).at(-1)?.header === edge.target
    note('exit of two loops', left > 1)
    note('exit that is a back edge', left > 0 && loopRepeated(graph, edge) !== undefined)
    note('exit that enters a loop', left > 0 && isEntry && loopRepeated(graph, edge) === undefined)
    note('error edge back', edge.definition.on === 'error' && loopRepeated(graph, edge) !== undefined)
  }
  const visits = [...outcome.visits]
  note('ran: overlapping iterations', outcome.overlapped.size > 0)
  note(
    'ran: second iteration',
    visits.some(([key]) => /@([\d.]*\.)?[1-9]/.test(key)),
  )
  note(
    'ran: exit retaken',
    outcome.warnings.some((warning) => warning.code === 'EXIT_RETAKEN'),
  )
  note(
    'ran: unrouted action',
    outcome.warnings.some((warning) => warning.code === 'UNROUTED_ACTION'),
  )
  note('ran: unhandled failure', outcome.status === 'failed')
  note('ran: failure handled', outcome.handled.size > 0)
  note(
    'ran: fallback completed',
    visits.some(([key, status]) => key.includes('^') && status === 'completed'),
  )
  note(
    'ran: fallback failed',
    visits.some(([key, status]) => key.includes('^') && status === 'failed'),
  )
  note('ran: cut off', [...outcome.skipReasons.values()].includes('cut-off'))
  note('ran: 10 visits or more', visits.filter(([, status]) => status !== 'skipped').length >= 10)
  note('ran: 40 visits or more', visits.length >= 40)
  return features
}
