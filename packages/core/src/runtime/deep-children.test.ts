import { expect, it } from 'vitest'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { Workflow } from '../ports/workflow.ts'
import { FlowRuntime } from './flow-runtime.ts'

const waiting: Workflow = {
  blueprint: { id: 'waiting', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] },
  registry: {},
}

/** A workflow that runs another one, which only it knows. */
function around(id: string, inner: Workflow): Workflow {
  const blueprintId = inner.blueprint.id
  return {
    blueprint: { id, nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId } }], edges: [] },
    registry: {},
    subflows: { [blueprintId]: inner },
  }
}

const top = around('top', around('middle', around('low', waiting)))

function processOn(journals: MemoryJournals): FlowRuntime {
  return new FlowRuntime({ blueprints: { top }, store: memoryJournalStore({ journals }) })
}

/** Journals in which a run and its child run are cancelled, and the two below are not: their process ended before that. */
async function leftBehind(): Promise<MemoryJournals> {
  const journals: MemoryJournals = new Map()
  const runtime = processOn(journals)
  await runtime.run(top, undefined, { runId: 'r' })
  const before = structuredClone(journals)
  await runtime.open('r').cancel()
  await runtime.close()
  for (const [runId, journal] of before) {
    const isBelow = /"workflowId":"(?:low|waiting)"/u.test(journal.entries[0] ?? '')
    if (isBelow) journals.set(runId, journal)
  }
  return structuredClone(journals)
}

function notCancelled(journals: MemoryJournals): readonly string[] {
  const runs = [...journals].filter(([, { entries }]) => !entries.some((entry) => entry.includes('"run.cancelled"')))
  return runs.map(([, { entries }]) => /"workflowId":"(?<id>\w+)"/u.exec(entries[0] ?? '')?.groups?.['id'] ?? '')
}

it.each([
  ['the run above them all is opened', (runtime: FlowRuntime) => runtime.open(top, 'r').status()],
  ['a process recovers the runs of its store', (runtime: FlowRuntime) => runtime.recover()],
])('child runs at any depth that a crash has left behind are cancelled when %s', async (_when, goOn) => {
  const journals = await leftBehind()
  expect(notCancelled(journals).toSorted()).toEqual(['low', 'waiting'])
  const runtime = processOn(journals)
  await goOn(runtime)
  await runtime.close()
  expect(notCancelled(journals)).toEqual([])
})
