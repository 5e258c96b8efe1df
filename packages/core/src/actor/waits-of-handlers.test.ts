import { describe, expect, it } from 'vitest'
import { Cluster } from '../../test/cluster.ts'
import { settle } from '../../test/while-time-passes.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { resumeRun } from './run-requests.ts'

const one: WorkflowBlueprint = { id: 'one', nodes: [{ id: 'a', uses: 'a' }], edges: [] }

/** Lets numbers through, and doubles them. */
const doubled: StandardSchema<unknown, number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => (typeof value === 'number' ? { value: value * 2 } : { issues: [{ message: 'is no number' }] }),
  },
}

async function answered(payload: unknown): Promise<unknown> {
  const a = async ({ waitFor, sleep }: NodeContext): Promise<unknown> => {
    const answer = await waitFor('n', { schema: doubled }).catch((error: unknown) => (error as { code?: unknown }).code)
    await sleep('nap', 100)
    return answer
  }
  const cluster = new Cluster({ registry: { a } })
  await cluster.start(one, undefined)
  for (let turn = 0; turn < 5; turn++) {
    await cluster.work()
    await settle()
  }
  expect((await cluster.head()).waits.map(({ waitId }) => waitId)).toEqual(['n:a'])
  await resumeRun(cluster.requests, 'run', 'n', payload)
  await cluster.run()
  const last = (await cluster.events()).at(-1)
  return last?.type === 'run.completed' ? last.output : last
}

describe('a wait of a handler in a distributed run', () => {
  it('takes any payload that can be stored; its schema checks it when the handler asks for it, each time', async () => {
    expect(await answered(5)).toBe(10)
    expect(await answered('five')).toBe('INVALID_PAYLOAD')
  })
})
