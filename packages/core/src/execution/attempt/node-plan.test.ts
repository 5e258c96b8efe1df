import { expect, it } from 'vitest'
import type { NodeContext } from '../../ports/node-context.ts'
import { FlowRuntime } from '../../runtime/flow-runtime.ts'

it('evaluates the inputs of a node without edges, timeout or condition', async () => {
  const runtime = new FlowRuntime({ registry: { same: ({ input }: NodeContext) => input } })
  const { output } = await runtime.run(
    { id: 'inputs', nodes: [{ id: 'only', uses: 'same', inputs: { twice: 'input * 2' } }], edges: [] },
    21,
  )
  expect(output).toEqual({ twice: 42 })
})
