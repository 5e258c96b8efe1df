import { expect, it } from 'vitest'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { FlowRuntime } from './flow-runtime.ts'

const asking: WorkflowBlueprint = { id: 'asking', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }
const calling: WorkflowBlueprint = {
  id: 'calling',
  nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'asking' } }],
  edges: [],
}

function processOn(journals: MemoryJournals): FlowRuntime {
  return new FlowRuntime({ blueprints: { asking, calling }, store: memoryJournalStore({ journals }) })
}

const unknown = expect.objectContaining({ code: 'UNKNOWN_RUN', details: { runId: 'r' } }) as unknown

it.each([
  ['by its workflow', (runtime: FlowRuntime) => runtime.open(asking, 'r')],
  ['by its id alone', (runtime: FlowRuntime) => runtime.open('r')],
])('a handle opened %s before its run is started answers once another handle has started it', async (_how, open) => {
  const runtime = processOn(new Map())
  const early = open(runtime)
  await expect(early.status()).rejects.toEqual(unknown)
  await expect(early.resume('ask', 'too early')).rejects.toEqual(unknown)

  const run = await runtime.start(asking, undefined, { runId: 'r' })
  expect(await early.waits()).toMatchObject([{ name: 'ask' }])
  await early.resume('ask', 'yes')
  expect(await run.result()).toMatchObject({ status: 'completed', output: 'yes' })
  expect(await early.result()).toMatchObject({ status: 'completed', output: 'yes' })
})

it('a handle of a run that the store does not know asks the store again: another process may have begun it', async () => {
  const journals: MemoryJournals = new Map()
  const early = processOn(journals).open(asking, 'r')
  await expect(early.result()).rejects.toEqual(unknown)
  const other = processOn(journals)
  await other.run(asking, undefined, { runId: 'r' })
  await other.close()
  expect(await early.status()).toBe('awaiting')
})

it('a handle that was opened with another workflow is refused whenever it is asked, also once the run is there', async () => {
  const runtime = processOn(new Map())
  const early = runtime.open(calling, 'r')
  await expect(early.status()).rejects.toEqual(unknown)
  await runtime.start(asking, undefined, { runId: 'r' })
  await expect(early.status()).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH' })
  await expect(early.status()).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH' })
})

it('a handle of a child run that has not begun answers once its parent has begun it', async () => {
  const known: MemoryJournals = new Map()
  await processOn(known).run(calling, undefined, { runId: 'p' })
  const childId = [...known.keys()].find((runId) => runId !== 'p') ?? ''

  const runtime = processOn(new Map())
  const early = runtime.open(asking, childId)
  await expect(early.status()).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
  await runtime.run(calling, undefined, { runId: 'p' })
  await early.resume('ask', 'yes')
  expect(await runtime.open('p').result()).toMatchObject({ status: 'completed', output: 'yes' })
})
