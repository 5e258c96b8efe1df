import { describe, expect, it } from 'vitest'
import { Cluster } from '../../test/cluster.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { decideBeginning } from './decide-beginning.ts'

const decide = (blueprint: WorkflowBlueprint): ReturnType<typeof decideBeginning> => {
  const definition = new Cluster({ registry: { work: () => 1 } }).define(blueprint)
  return decideBeginning(definition, { runId: 'r', incarnation: 'i' }, { onFailure: 'stop', parent: undefined })
}

describe('the beginning of a run that is being started', () => {
  it('is decided as its first turn would decide it: the start nodes are ready', async () => {
    const nodes = ['a', 'b', 'c'].map((id) => ({ id, uses: 'work' }))
    const beginning = await decide({ id: 'two', nodes, edges: [{ source: 'a', target: 'c' }] })
    expect(beginning?.dispatches.map(({ visitKey }) => visitKey)).toEqual(['a', 'b'])
    expect(beginning?.journal.map(({ fact }) => [fact.type, fact['nodeId']])).toEqual([
      ['node.ready', 'a'],
      ['node.ready', 'b'],
    ])
    expect(Object.keys(beginning?.cells ?? {}).toSorted()).toEqual(['run', 'v:a', 'v:b'])
  })
})
