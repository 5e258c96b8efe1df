import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { machines, untilAwaiting } from '../../test/machines.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { EventBus } from '../defaults/event-bus.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import { SuperjsonSerializer } from '../defaults/superjson-serializer.ts'
import { memoryBlobStore } from '../memory/blob-store.ts'
import { memoryJournalStore } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { NodeContext } from '../ports/node-context.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { writeEvent } from '../traversal/journal-text.ts'
import { rebuildRun } from '../traversal/rebuild-run.ts'
import { importRun } from './export-run.ts'
import { FlowRuntime } from './flow-runtime.ts'
import type { RunOptions } from './options.ts'

const serializer = new SuperjsonSerializer()

/** A child run and a wait, over shared values of which some are declared. */
const child: WorkflowBlueprint = {
  ...graphOf(['note>ask']),
  id: 'child',
  nodes: [
    { id: 'note', uses: 'note' },
    { id: 'ask', uses: 'wait', params: { name: 'deep' } },
  ],
  policy: { context: { log: { reducer: 'append', initial: ['of the child'] } }, onFailure: 'continue' },
}
const parent: WorkflowBlueprint = {
  ...graphOf(['note>ask']),
  id: 'parent',
  nodes: [
    { id: 'note', uses: 'note' },
    { id: 'ask', uses: 'wait' },
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } },
  ],
  policy: { context: { log: { reducer: 'append', initial: ['declared'] }, since: {} }, deadlineMs: 90_000 },
}
const registry = {
  note: ({ nodeId, context }: NodeContext) => {
    context.set('log', nodeId)
    return context.get('since')
  },
}

const plain: RunOptions = {}
const full: RunOptions = {
  context: { since: new Date(7), limit: 10n },
  deadlineMs: 60_000,
  onFailure: 'compensate',
}

interface Started {
  readonly clock: VirtualClock
  readonly run: RunHandle
  readonly journalOf: (runId: string) => Promise<readonly RunEvent[]>
}

/** Starts the run in a process that keeps its journal, and lets it come to rest. */
async function inProcess(options: RunOptions): Promise<Started> {
  const clock = new VirtualClock()
  const runtime = new FlowRuntime({ clock, store: memoryJournalStore(), registry, blueprints: { child } })
  const run = await runtime.start(parent, { from: 'outside' }, { ...options, runId: 'run' })
  await untilAwaiting(clock, run, 2)
  return { clock, run, journalOf: (runId) => runtime.open(runId).journal() }
}

/** Starts the run in a store; a worker comes some time later. */
async function distributed(options: RunOptions, { laterMs = 0, maxInlineBytes = 65_536 } = {}): Promise<Started> {
  const { clock, client, work } = machines()
  const aside = { blobs: memoryBlobStore(), limits: { maxInlineBytes } }
  const runtime = client({ ...aside, blueprints: { parent, child } })
  const run = await runtime.start(parent, { from: 'outside' }, { ...options, runId: 'run' })
  clock.advance(laterMs)
  work({ ...aside, registry, blueprints: [parent, child] })
  await untilAwaiting(clock, run, 2)
  return { clock, run, journalOf: (runId) => runtime.open(runId).journal() }
}

/** The first event of the run and of its child, without what differs between two runs. */
async function startsOf({ run, journalOf }: Started): Promise<unknown[]> {
  const own = await run.journal()
  const opened = own.find((event) => event.type === 'child.started')
  const below = await journalOf(opened?.type === 'child.started' ? opened.childRunId : '')
  return [own, below].map(([first]) => ({ ...first, at: 0, runId: '' }))
}

describe('the start of a distributed run', () => {
  it('is told with the same fields as that of a run in this process, of child runs too', async () => {
    for (const options of [plain, full]) {
      const starts = await startsOf(await distributed(options))
      expect(starts).toEqual(await startsOf(await inProcess(options)))
      expect(starts).toMatchObject([{ workflowId: 'parent' }, { workflowId: 'child', parentRunId: 'run', depth: 1 }])
    }
    expect(await startsOf(await distributed(full))).toMatchObject([
      { ...full, input: { from: 'outside' }, context: { log: ['declared'], ...full.context } },
      { onFailure: 'continue', context: { log: ['of the child'] } },
    ])
  })

  it('is told with values that are kept in a blob store', async () => {
    const [start] = await startsOf(await distributed(full, { maxInlineBytes: 10 }))
    expect(start).toMatchObject({ input: { from: 'outside' }, context: { log: ['declared'], ...full.context } })
  })

  it('is told as of when it was started, whenever a worker takes it', async () => {
    const { run, clock } = await distributed(plain, { laterMs: 5000 })
    const events = await run.journal()
    const [started, ready] = events
    expect([started?.type, ready?.type]).toEqual(['run.started', 'node.ready'])
    const taken = events.find(({ type }) => type === 'node.started')
    expect(ready?.at).toBe(started?.at)
    expect((taken?.at ?? 0) - (started?.at ?? 0)).toBeGreaterThanOrEqual(5000)
    expect(started?.at).toBe(new VirtualClock().now())
    expect(clock.now()).toBeGreaterThan(started?.at ?? 0)
  })

  it('is told to listeners first, also of a run that was cancelled before a worker came', async () => {
    const { client, work, pass } = machines()
    const eventBus = new EventBus(silentLogger)
    const told: RunEvent[] = []
    eventBus.on('*', (event) => told.push(event))
    const run = await client({ blueprints: { child } }).start(parent, 1)
    await run.cancel()
    work({ registry, eventBus, blueprints: [parent, child] })
    expect((await pass(run.result())).status).toBe('cancelled')
    expect(told).toEqual(await run.journal())
    expect([told[0]?.type, told.at(-1)?.type]).toEqual(['run.started', 'run.cancelled'])
  })
})

describe('the journal of a distributed run', () => {
  it('rebuilds with the shared values that the run was started with', async () => {
    const { run } = await distributed(full)
    const { state, traverser } = rebuildRun(parent, await run.journal(), {
      definitionHash: ((await run.journal())[0] as { readonly definitionHash: string }).definitionHash,
    })
    expect({ ...state.shared.toRecord() }).toEqual({ log: ['declared', 'note'], ...full.context })
    expect(traverser.control.onFailure).toBe('compensate')
  })

  it('goes on in a process that it is brought to, until the deadline that the run was started with', async () => {
    for (const [options, deadlineMs] of [
      [plain, 90_000],
      [full, 60_000],
    ] as const) {
      const { clock, run } = await distributed(options, { laterMs: 5000 })
      const entries = (await run.journal()).map((event) => writeEvent(serializer, { ...event }))
      const store = memoryJournalStore()
      await importRun(store, { format: 1, runId: 'run', entries, children: [] })
      const runtime = new FlowRuntime({ clock, store, registry, blueprints: { parent, child } })
      const brought = runtime.open('run')
      await untilAwaiting(clock, brought, 2)
      const begin = entries[0]?.at ?? 0
      clock.advance(begin + deadlineMs - 1 - clock.now())
      await settle()
      expect(await brought.status()).toBe('awaiting')
      clock.advance(1)
      expect(await brought.result()).toMatchObject({ status: 'failed', errors: [{ code: 'RUN_DEADLINE' }] })
    }
  })

  it('is forked with the shared values and the deadline that the run was started with', async () => {
    const { clock, run } = await distributed(full)
    const entries = (await run.journal()).map((event) => writeEvent(serializer, { ...event }))
    const store = memoryJournalStore()
    await importRun(store, { format: 1, runId: 'run', entries, children: [] })
    const runtime = new FlowRuntime({ clock, store, registry, blueprints: { parent, child } })
    const fork = await runtime.fork(parent, 'run', { at: 1, runId: 'fork' })
    await untilAwaiting(clock, fork, 2)
    clock.advance(60_000)
    const result = await fork.result()
    expect(result).toMatchObject({ status: 'failed', errors: [{ code: 'RUN_DEADLINE' }] })
    expect({ ...result.context }).toEqual({ log: ['declared', 'note'], ...full.context })
  })
})
