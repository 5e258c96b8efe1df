import path from 'node:path'
import { exportRun, FlowRuntime, importRun, memoryJournalStore, route, Timeline } from '@heddle/core'
import type { RunExport, WorkflowBlueprint } from '@heddle/core'
import { FileStore } from '@heddle/core/node'
import type { DurableLoad, DurableRun, LookBack, LookBackLoad } from './contract.ts'
import { noop } from './contract.ts'
import { CountedSyncs } from './counted-syncs.ts'
import { scratchFolder } from './scratch-folder.ts'

/** Runs whose journals are kept in a folder, as applications keep them. */
export async function prepareDurable({ graph, fsync, everyMs }: DurableLoad): Promise<DurableRun> {
  const { nodeIds, edges } = graph
  const store = new FileStore({ dir: path.join(scratchFolder(), 'store'), fsync, fsyncEveryMs: everyMs })
  const runtime = new FlowRuntime({ registry: { step: noop }, store })
  const syncs = new CountedSyncs()
  const blueprint: WorkflowBlueprint = {
    id: graph.id,
    nodes: nodeIds.map((id) => ({ id, uses: 'step' })),
    edges: edges.map(([source, target]) => ({ source: nodeIds[source] ?? '', target: nodeIds[target] ?? '' })),
  }
  let former: string | undefined
  return {
    renew: async () => {
      if (former !== undefined) await store.remove(former)
    },
    run: () =>
      syncs.during(async () => {
        const { runId, status, outputs } = await runtime.run(blueprint)
        if (status !== 'completed') throw new Error(`the run ended ${status}`)
        former = runId
        let total = 0
        for (const id of nodeIds) total += outputs[id] as number
        return total
      }),
    note: () => (fsync === 'never' ? '' : syncs.told(everyMs)),
  }
}

/** Where a long run stood: a loop, whose journal is read by a runtime that did not carry it out. */
export async function prepareLookBack({ events, isImported }: LookBackLoad): Promise<LookBack> {
  const iterations = Math.ceil(events / 4)
  const blueprint: WorkflowBlueprint = {
    id: 'loop',
    start: ['n'],
    nodes: [{ id: 'n', uses: 'step', config: { maxIterations: iterations + 1 } }],
    edges: [{ source: 'n', target: 'n', action: 'again' }],
  }
  const step = async ({ iteration: [at = 0] }: { iteration: readonly number[] }) =>
    at < iterations - 1 ? route('again', at) : at
  const dir = path.join(scratchFolder(), 'store')
  const store = new FileStore({ dir })
  const runtime = new FlowRuntime({ registry: { step }, store })
  const { runId } = await runtime.run(blueprint)
  const imported = memoryJournalStore()
  if (isImported) await importRun(imported, JSON.parse(JSON.stringify(await exportRun(store, runId))) as RunExport)
  await runtime.close()

  const later = new FlowRuntime({ registry: { step }, store: isImported ? imported : new FileStore({ dir }) })
  const timeline = new Timeline(blueprint, await later.open(blueprint, runId).journal())
  await later.close()
  return {
    length: timeline.length,
    at: async (seq) => {
      const { seq: reached, visits } = timeline.at(seq)
      if (reached !== seq) throw new Error(`the state is that after event ${reached}`)
      return visits.size
    },
  }
}
