import type { EdgeDefinition, JoinStrategy, WorkflowBlueprint } from '../../src/model/blueprint.ts'
import { visitKey } from '../../src/model/visit.ts'
import { keyedEdges } from './reference-graph.ts'
import { runReference } from './reference-run.ts'
import type { ReferenceOutcome } from './run-record.ts'

/** A small graph with scripted results, written for reading. */
export interface Example {
  /** `a>b` always, `a>b:x` with action x, `a>b?` with a condition, `a>b:x?` with both, `a>b!` on error, `a>b!?` the same if. */
  readonly edges: readonly string[]
  /** Nodes that no edge names. */
  readonly nodes?: readonly string[]
  readonly start?: readonly string[]
  readonly join?: Readonly<Record<string, JoinStrategy>>
  readonly fallback?: Readonly<Record<string, string>>
  /** By visit key. A text is an action; `fails` and `takes` say the rest. What is not listed completes with nothing. */
  readonly results?: Readonly<Record<string, string>>
  /** Visits that fail. */
  readonly fails?: readonly string[]
  /** Conditions that are true, as `<visit key> <edge key>`; all others are false. */
  readonly takes?: readonly string[]
  /** Visits that settle first when they are ready; then whatever became ready first. */
  readonly order?: readonly string[]
}

/** What became of an example, with the visits in the order in which they settled. */
export interface ExampleRun extends ReferenceOutcome {
  readonly settled: readonly string[]
}

/** Runs an example. */
export function runExample(example: Example): ExampleRun {
  const blueprint = blueprintOf(example)
  const edges = keyedEdges(blueprint)
  const settled: string[] = []
  const outcome = runReference(
    blueprint,
    (nodeId, iteration, insteadOf) => {
      const name = { nodeId, iteration, ...(insteadOf === undefined ? {} : { insteadOf }) }
      const key = visitKey(name)
      const conditions = Object.fromEntries(
        edges.map((edge) => [edge.key, example.takes?.includes(`${key} ${edge.key}`) ?? false]),
      )
      if (example.fails?.includes(key)) return { fail: true, conditions }
      const action = example.results?.[key]
      return action === undefined ? { conditions } : { action, conditions }
    },
    (readyKeys) => {
      const first = example.order?.find((key) => readyKeys.includes(key)) ?? readyKeys[0] ?? ''
      settled.push(first)
      return readyKeys.indexOf(first)
    },
  )
  return { ...outcome, settled }
}

/** The blueprint of an example. */
export function blueprintOf({ edges, nodes, start, join, fallback }: Example): WorkflowBlueprint {
  const parsed = edges.map(parseEdge)
  const ids = new Set([...parsed.flatMap((edge) => [edge.source, edge.target]), ...(nodes ?? [])])
  for (const id of Object.values(fallback ?? {})) ids.add(id)
  return {
    id: 'example',
    ...(start === undefined ? {} : { start }),
    nodes: [...ids].map((id) => {
      const joinStrategy = join?.[id]
      const own = fallback?.[id]
      const config = {
        ...(joinStrategy === undefined ? {} : { joinStrategy }),
        ...(own === undefined ? {} : { fallback: own }),
      }
      return { id, uses: 'scripted', config }
    }),
    edges: parsed,
  }
}

function parseEdge(text: string): EdgeDefinition {
  const { source, target, error, action, condition } =
    /^(?<source>\w+)>(?<target>\w+)(?<error>!)?(?::(?<action>\w+))?(?<condition>\?)?$/.exec(text)?.groups ?? {}
  if (source === undefined || target === undefined) throw new Error(`Not an edge: ${text}`)
  return {
    source,
    target,
    ...(error === undefined ? {} : { on: 'error' }),
    ...(action === undefined ? {} : { action }),
    ...(condition === undefined ? {} : { condition: 'scripted' }),
  }
}
