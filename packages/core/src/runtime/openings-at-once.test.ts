import { describe, expect, it } from 'vitest'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { FlowRuntime } from './flow-runtime.ts'

const asking: WorkflowBlueprint = { id: 'asking', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }
const renamed: WorkflowBlueprint = { id: 'asking', nodes: [{ id: 'question', uses: 'wait' }], edges: [] }
const calling: WorkflowBlueprint = {
  id: 'calling',
  nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'asking' } }],
  edges: [],
}

function processOn(journals: MemoryJournals, blueprints: Record<string, WorkflowBlueprint> = {}): FlowRuntime {
  return new FlowRuntime({ blueprints, store: memoryJournalStore({ journals }) })
}

/** Journals of a run that waits, from a process that is gone. */
async function kept(blueprint = asking): Promise<MemoryJournals> {
  const journals: MemoryJournals = new Map()
  const runtime = processOn(journals, { asking })
  await runtime.run(blueprint, undefined, { runId: 'r' })
  await runtime.close()
  return journals
}

const refused: readonly (readonly [string, string, (runtime: FlowRuntime) => RunHandle])[] = [
  ['another definition', 'DEFINITION_MISMATCH', (runtime) => runtime.open(renamed, 'r')],
  ['its id alone, which this process cannot carry out', 'UNKNOWN_BLUEPRINT', (runtime) => runtime.open('r')],
]

describe.each(refused)('while the run is being opened with %s', (_with, code, other) => {
  it('an opening with its own definition answers the run, and the other one is refused', async () => {
    const runtime = processOn(await kept())
    const wrong = other(runtime)
    const right = [runtime.open(asking, 'r'), runtime.open(asking, 'r')]
    expect(await Promise.all(right.map((handle) => handle.status()))).toEqual(['awaiting', 'awaiting'])
    await right[0]?.resume('ask', 'yes')
    expect(await right[1]?.result()).toMatchObject({ status: 'completed', output: 'yes' })
    await expect(wrong.status()).rejects.toMatchObject({ code })
  })

  it('a start with its definition and input answers the run', async () => {
    const runtime = processOn(await kept())
    other(runtime)
    const run = await runtime.start(asking, undefined, { runId: 'r' })
    expect(await run.status()).toBe('awaiting')
  })

  it('an opening that migrates it does so', async () => {
    const runtime = processOn(await kept())
    other(runtime)
    const migrated = runtime.open(renamed, 'r', { migrate: { map: { ask: 'question' } } })
    expect(await migrated.waits()).toMatchObject([{ nodeId: 'question' }])
  })
})

it('a start begins a run that somebody opens too early, and the early handle answers it too', async () => {
  const runtime = processOn(new Map())
  const early = runtime.open(asking, 'r')
  const starts = [1, 1, 2].map((input) => runtime.start(asking, input, { runId: 'r' }))
  const [first, second, third] = await Promise.allSettled(starts)
  expect([first?.status, second?.status]).toEqual(['fulfilled', 'fulfilled'])
  expect(third).toMatchObject({ status: 'rejected', reason: { code: 'RUN_CONFLICT' } })
  expect(await early.status()).toBe('awaiting')
})

it('an opening answers the run although a start under way is refused it', async () => {
  const runtime = processOn(await kept())
  const start = runtime.start(renamed, undefined, { runId: 'r' })
  const run = runtime.open(asking, 'r')
  const [started, status] = await Promise.allSettled([start, run.status()])
  expect(started).toMatchObject({ reason: { code: 'RUN_CONFLICT' } })
  expect(status).toMatchObject({ value: 'awaiting' })
})

it('a child run goes on with its parent although somebody opens that with another definition', async () => {
  const journals = await kept(calling)
  const childId = [...journals.keys()].find((runId) => runId !== 'r') ?? ''
  const runtime = processOn(journals, { asking, calling })
  const wrong = runtime.open(asking, 'r')
  const child = runtime.open(asking, childId)
  await child.resume('ask', 'yes')
  expect(await runtime.open('r').result()).toMatchObject({ status: 'completed', output: 'yes' })
  await expect(wrong.status()).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH' })
})

it('an opening that waits for another one is told if the runtime is closed meanwhile', async () => {
  const runtime = processOn(await kept())
  const wrong = runtime.open(renamed, 'r')
  const right = runtime.open(asking, 'r')
  const closing = runtime.close()
  await expect(right.status()).rejects.toMatchObject({ code: 'ALREADY_CLOSED' })
  await closing
  await expect(wrong.status()).rejects.toMatchObject({ code: expect.any(String) as string })
})
