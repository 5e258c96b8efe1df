import type { Engine } from '../execution/engine/engine.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { Suggester } from '../graph/did-you-mean.ts'
import { nameVisit, nodeId, type Visit } from '../kernel/visit.ts'
import type { Resumption, Suspension } from '../model/outcome.ts'
import type { RunEvent } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { LiveVisits } from '../traversal/live-visits.ts'
import { NewNames } from '../traversal/new-names.ts'
import type { PendingState } from '../traversal/run-snapshot.ts'
import type { RecordedPlace, RecordedSteps, VisitStep } from './recorded-steps.ts'

/** What there is in the new definition once all steps of the old one were fed into it. */
export interface NewPlaces {
  readonly engine: Pick<Engine, 'builtIn'>
  readonly graph: CompiledGraph
  readonly live: LiveVisits
  /** Maps that wait for their items. */
  readonly openMaps: readonly Visit[]
}

/** What is carried over. */
export interface CarriedOver {
  readonly events: readonly RunEvent[]
  readonly recorded: RecordedSteps
  /** New id by old id. */
  readonly map: Readonly<Record<string, string>>
  /** The steps that have no place. */
  readonly left: readonly VisitStep[]
}

/** Why a run cannot go over to another definition; nothing if it can. */
export function refusalReasons(places: NewPlaces, carried: CarriedOver): readonly string[] {
  const { recorded, left } = carried
  const refusal = new Refusal(places)
  const misplaced = recorded.live.flatMap((place) => refusal.misplaced(place))
  const unknown = refusal.unknownNewIds(carried.map)
  const gone = left.filter(({ name }) => !refusal.isKnown(name))
  const misspelt = misplaced.length + gone.length === 0 ? [] : refusal.unknownOldIds(carried)
  const isAmiss = misplaced.length + unknown.length + misspelt.length > 0
  return [
    ...misplaced,
    ...unknown,
    ...misspelt,
    ...(isAmiss ? goneNodes(gone, recorded.live, carried.map) : []),
    ...refusal.mergedIds(carried),
    ...refusal.otherKinds(),
    ...recorded.parents.flatMap((parent) => refusal.sharedChildren(parent)),
  ]
}

/** What goes on with a suspended visit: a kind of built-in node, or `handler` for a function with durable calls. */
type Kind = 'wait' | 'webhook' | 'sleep' | 'map' | 'subflow' | 'handler'

class Refusal {
  private readonly places: NewPlaces
  private readonly suggester: Suggester = new Suggester()

  constructor(places: NewPlaces) {
    this.places = places
  }

  isKnown({ nodeId: id, iteration }: VisitName): boolean {
    return this.hasNode(id) || this.places.graph.addedAt.has(`${id}@${iteration.join('.')}`)
  }

  private hasNode(id: string): boolean {
    return this.places.graph.indexById.has(id)
  }

  /** Why a visit that was live in the old definition is not so here; nothing if it is. */
  misplaced({ name, oldKey }: RecordedPlace): string[] {
    const { live, openMaps } = this.places
    const key = visitKey(name)
    if (live.get(name) !== undefined || openMaps.some((map) => this.keyOf(map) === key)) return []
    if (!this.isKnown(name)) {
      return [`visit "${oldKey}" is live, and there is no node "${name.nodeId}"; name its new id in "map"`]
    }
    return [`visit "${oldKey}" is live, and "${key}" is not: it has not been reached, or was decided otherwise`]
  }

  /** New ids of the map that no node has. */
  unknownNewIds(map: Readonly<Record<string, string>>): string[] {
    const { indexById, addedAt } = this.places.graph
    const ids = new Set([...indexById.keys(), ...Array.from(addedAt.keys(), idIn)])
    return Object.entries(map).flatMap(([from, to]) => {
      if (ids.has(to)) return []
      const hint = this.suggester.suggest(to, ids)
      return [`"map" gives "${from}" the id "${to}", and there is no such node, but ${listed(ids)}.${hint}`]
    })
  }

  /**
   * Old ids of the map that the run knows nothing of. It may not have come to those nodes; but if something else was left without a
   * place, one of them is likely to be misspelt.
   */
  unknownOldIds({ events, map }: CarriedOver): string[] {
    const ids = idsToldOf(events)
    return Object.keys(map).flatMap((from) => {
      if (ids.has(from)) return []
      const hint = this.suggester.suggest(from, ids)
      return [
        `"map" names "${from}", and the run has no such node so far, but ${listed(ids)}.${hint} Leave out what the run has not come to`,
      ]
    })
  }

  /** Nodes with visits that would be the same one. */
  mergedIds({ recorded, map }: CarriedOver): string[] {
    const oldIds = new Set(
      [...recorded.steps, ...recorded.live].flatMap((one) => ('oldKey' in one ? [idIn(one.oldKey)] : [])),
    )
    const names = new NewNames(map)
    const byNewId = new Map<string, string>()
    return [...oldIds].flatMap((id) => {
      const before = byNewId.get(names.id(id))
      byNewId.set(names.id(id), id)
      return before === undefined
        ? []
        : [`nodes "${before}" and "${id}" would both be "${names.id(id)}"; give each one an id of its own in "map"`]
    })
  }

  /** Visits that wait for what their node could make nothing of now: an answer would be accepted, and lost. */
  otherKinds(): string[] {
    const { live, openMaps } = this.places
    return [
      ...openMaps.flatMap((visit) => this.otherKind(visit, ['map'])),
      ...live.pending().flatMap(({ visit, state }) => this.otherKind(visit, kindsFor(state))),
    ]
  }

  /** @param kinds those that can go on with what the visit waits for */
  private otherKind(visit: Visit, kinds: readonly Kind[]): string[] {
    const { graph, engine } = this.places
    const uses = graph.nodes[visit.node]?.uses ?? ''
    const kind = visit.item !== -1 || engine.builtIn(uses) === undefined ? 'handler' : uses
    if (kinds.length === 0 || kinds.some((one) => one === kind)) return []
    const before = kinds.map((one) => `"${one}"`).join(' or ')
    return [
      `visit "${this.keyOf(visit)}" waits for what a node of kind ${before} goes on with, and node "${nodeId(graph, visit.node)}" is of kind "${kind}" now; keep its kind, or let the run get past it first`,
    ]
  }

  private keyOf(visit: Visit): string {
    return visitKey(nameVisit(this.places.graph, visit))
  }

  /** The ids of child runs follow from visits: a new node must not be taken for one that was renamed. */
  sharedChildren({ name, startedAs: key }: RecordedPlace & { readonly startedAs: string }): string[] {
    const id = idIn(key)
    if (id === name.nodeId || !this.hasNode(id)) return []
    return [`visit "${key}" had child runs and is "${visitKey(name)}" now; give the other node "${id}" another id`]
  }
}

/** The nodes that had settled and are not here: what a live visit was reached by may be among them. */
function goneNodes(
  gone: readonly VisitStep[],
  live: readonly RecordedPlace[],
  map: Readonly<Record<string, string>>,
): string[] {
  const told = new Set([...live.map(({ name }) => name.nodeId), ...Object.values(map)])
  return gone.flatMap(({ name: { nodeId: id }, oldKey }) => {
    if (told.has(id)) return []
    told.add(id)
    return [`visit "${oldKey}" had settled, and there is no node "${id}"; if it was renamed, name its new id in "map"`]
  })
}

/** The kinds of node that can go on with what ended a wait. */
const kindsOfResumption: Readonly<Record<Resumption['type'], readonly Kind[]>> = {
  answered: ['wait', 'webhook'],
  'timed-out': ['wait', 'webhook'],
  fired: ['sleep'],
  'child-completed': ['subflow'],
  'child-failed': ['subflow'],
  'child-refused': ['subflow'],
  'calls-settled': ['handler'],
  'items-settled': ['map'],
}

/** The kinds of node that can go on with what a visit waits for, or with what ended that; none if all can. */
function kindsFor(state: PendingState): readonly Kind[] {
  if (state.type === 'suspended') return kindsOfSuspension(state.on)
  return state.type === 'ready' && state.resumption !== undefined ? kindsOfResumption[state.resumption.type] : []
}

function kindsOfSuspension(on: Suspension): readonly Kind[] {
  if (on.type === 'wait') return [on.tokenHash === undefined ? 'wait' : 'webhook']
  return { timer: ['sleep'], child: ['subflow'], items: ['map'], calls: ['handler'] }[on.type] as readonly Kind[]
}

/** The ids of the nodes that a journal tells of, under the names that they have at its end. */
function idsToldOf(events: readonly RunEvent[]): ReadonlySet<string> {
  let ids = new Set<string>()
  for (const event of events) {
    if (event.type === 'run.migrated') {
      const names = new NewNames(event.map ?? {})
      ids = new Set(Array.from(ids, (id) => names.id(id)))
    }
    if (event.type === 'graph.expanded') for (const { id } of event.expansion.nodes) ids.add(id)
    if ('nodeId' in event && event.nodeId !== undefined) ids.add(event.nodeId)
  }
  return ids
}

/** The id of the node in the key of a visit. */
function idIn(key: string): string {
  return key.split(/[@[^]/u)[0] ?? ''
}

/** How many ids a reason names. */
const maxListed = 20

function listed(ids: ReadonlySet<string>): string {
  const quoted = Array.from(ids, (id) => `"${id}"`)
  const more = quoted.length - maxListed
  return quoted.slice(0, maxListed).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
