import type { NodeDefinition } from '../model/blueprint.ts'
import type { Expansion, Outcome } from '../model/outcome.ts'
import type { VisitName } from '../model/visit.ts'

/** The ids that nodes have in another definition. */
export class NewNames {
  private readonly map: Readonly<Record<string, string>>

  /** @param map new id by old id, of nodes that were renamed */
  constructor(map: Readonly<Record<string, string>>) {
    this.map = map
  }

  id(id: string): string {
    return Object.hasOwn(this.map, id) ? (this.map[id] as string) : id
  }

  visit({ nodeId, insteadOf, ...rest }: VisitName): VisitName {
    const name = { ...rest, nodeId: this.id(nodeId) }
    return insteadOf === undefined ? name : { ...name, insteadOf: this.id(insteadOf) }
  }

  /** A record by node id. */
  keys<T>(byId: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
    return Object.fromEntries(Object.entries(byId).map(([id, value]) => [this.id(id), value]))
  }

  /** An outcome, with the nodes that it adds to the graph. */
  outcome(outcome: Outcome): Outcome {
    if (outcome.status !== 'completed' || outcome.expansion === undefined) return outcome
    return { ...outcome, expansion: this.expansion(outcome.expansion) }
  }

  expansion({ nodes, edges }: Expansion): Expansion {
    return {
      nodes: nodes.map((node) => this.node(node)),
      edges: edges.map((edge) => ({ ...edge, source: this.id(edge.source), target: this.id(edge.target) })),
    }
  }

  private node({ id, config, ...rest }: NodeDefinition): NodeDefinition {
    if (config === undefined) return { ...rest, id: this.id(id) }
    const { fallback, cancels } = config
    return {
      ...rest,
      id: this.id(id),
      config: {
        ...config,
        ...(fallback === undefined ? {} : { fallback: this.id(fallback) }),
        ...(cancels === undefined ? {} : { cancels: cancels.map((one) => this.id(one)) }),
      },
    }
  }
}
