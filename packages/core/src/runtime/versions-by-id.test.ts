import { describe, expect, it } from 'vitest'
import { machines } from '../../test/machines.ts'
import { defineWorkflow } from '../builder/define-workflow.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Workflow } from '../ports/workflow.ts'

/** A workflow of one id that answers which version it is. */
function versionOf(version: string): Workflow {
  return defineWorkflow('inner', { version })
    .node('tell', () => version)
    .build()
}

describe('a worker with two versions of a workflow', () => {
  it('means the first of them where a handler invokes it by its id', async () => {
    const outer = defineWorkflow('outer')
      .node('call', ({ invoke }) => invoke('inner', 'inner'))
      .build()
    const { client, work, pass } = machines()
    work({ workflows: [outer, versionOf('new'), versionOf('old')] })
    expect((await pass(client().run(outer, undefined))).output).toBe('new')
  })

  it('means the first of them where a subflow node of a blueprint names it, as the client does', async () => {
    const inner = (version: string): WorkflowBlueprint => {
      return { id: 'inner', version, nodes: [{ id: 'tell', uses: version }], edges: [] }
    }
    const outer: WorkflowBlueprint = {
      id: 'outer',
      nodes: [{ id: 's', uses: 'subflow', params: { blueprintId: 'inner' } }],
      edges: [],
    }
    const { client, work, pass } = machines()
    work({
      blueprints: [outer, inner('fresh'), inner('stale')],
      registry: { fresh: () => 'new', stale: () => 'old' },
    })
    const runtime = client({ blueprints: { inner: inner('fresh') } })
    expect((await pass(runtime.run(outer, undefined))).output).toBe('new')
  })
})
