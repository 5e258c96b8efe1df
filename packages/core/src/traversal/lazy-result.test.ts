import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'

const record = {
  runId: 'r',
  status: 'completed',
  output: 1,
  outputs: { a: 1 },
  context: { log: [1] },
  errors: [],
  waits: [],
  skipped: [],
  cancelled: [],
}

describe('a result', () => {
  const run = (): Promise<WorkflowResult> => {
    const runtime = new FlowRuntime({ registry: { a: () => 1 } })
    const blueprint = { id: 'x', nodes: [{ id: 'a', uses: 'a' }], edges: [] }
    return runtime.run(blueprint, undefined, { runId: 'r', context: { log: [1] } })
  }

  it('is given as a plain object that can be spread and cloned', async () => {
    const plain = (await run()).toRecord()
    expect({ ...plain }).toEqual(record)
    expect(structuredClone(plain)).toEqual(record)
  })

  it('is shown as what it says, and nothing of the engine', async () => {
    const result = await run()
    expect(JSON.parse(JSON.stringify(result))).toEqual(record)
    expect(inspect(result)).toBe(inspect(record))
    expect(Object.keys(result).sort()).toEqual(['errors', 'runId', 'status'])
  })

  it('shows the status that an orchestrator of the user has set', async () => {
    const result = await run()
    result.status = 'stalled'
    expect(result.toRecord().status).toBe('stalled')
  })
})
