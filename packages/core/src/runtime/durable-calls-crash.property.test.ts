import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { route } from '../model/node-result.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import { FlowRuntime } from './flow-runtime.ts'

const child: WorkflowBlueprint = { id: 'child', nodes: [{ id: 'c', uses: 'c' }], edges: [] }

const looped: WorkflowBlueprint = {
  id: 'looped',
  start: ['work'],
  nodes: [
    { id: 'work', uses: 'work', config: { retry: { maxAttempts: 2 } } },
    { id: 'each', uses: 'map', params: { each: 'item' } },
  ],
  edges: [
    { source: 'work', target: 'work', action: 'again' },
    { source: 'work', target: 'each', action: 'done' },
  ],
}

/** Handlers that make calls of every kind; each run of a step is noted by run, visit and call. */
function handlers(ran: string[]): Registry {
  const noted =
    (ctx: NodeContext) =>
    <T>(call: string, result: T): Promise<Awaited<T>> =>
      ctx.step(call, () => {
        ran.push(`${ctx.runId} ${ctx.idempotencyKey.split(':')[1]} ${call}`)
        return result
      })
  return {
    work: async (ctx: NodeContext) => {
      const step = noted(ctx)
      const first = await step('first', ctx.iteration[0])
      const [left, right, asked] = await Promise.all([step('left', 'l'), step('right', 'r'), ctx.waitFor('ask')])
      await ctx.emit('told', first)
      const failed = await ctx
        .step('fails', () => {
          throw new Error('as ever')
        })
        .catch((error: unknown) => (error as Error).message)
      await ctx.sleep('nap', '1h')
      if (ctx.attempt === 1 && ctx.iteration[0] === 0) throw new Error('not yet')
      const made = await Promise.all([
        ctx.invoke('one', 'child', 1),
        ctx.invoke('two', 'child', 2),
        Promise.race([ctx.sleep('short', 10), ctx.waitFor('never', { timeout: '30d' })]),
      ])
      const last = await step('last', [left, right, asked, failed])
      return route(ctx.iteration[0] === 0 ? 'again' : 'done', [first, ...made, ...last])
    },
    c: async (ctx: NodeContext) => {
      const kept = await noted(ctx)('kept', ctx.input)
      const answer = await ctx.waitFor('inside')
      await ctx.sleep('nap', 50)
      return `${String(kept)} ${String(answer)}`
    },
    item: async (ctx: NodeContext) => {
      const kept = await noted(ctx)('kept', ctx.item)
      await ctx.sleep('nap', 20)
      return kept
    },
  }
}

/** A store that keeps what its journals were after each group of events, of whichever run. */
function recordingStore(journals: MemoryJournals, states: MemoryJournals[]): IJournalStore {
  const store = memoryJournalStore({ journals })
  const watched = <T extends Awaited<ReturnType<IJournalStore['create']>>>(journal: T): T => {
    const append = journal.append.bind(journal)
    Object.assign(journal, {
      append: (...args: Parameters<typeof append>) => {
        void append(...args)
        states.push(cloneOf(journals))
      },
    })
    return journal
  }
  return Object.assign(Object.create(store) as IJournalStore, {
    create: async (runId: string) => watched(await store.create(runId)),
    open: async (runId: string) => {
      const found = await store.open(runId)
      return found === undefined ? undefined : { ...found, journal: watched(found.journal) }
    },
  })
}

function cloneOf(journals: MemoryJournals): MemoryJournals {
  return new Map(
    [...journals].map(([runId, { writer: _writer, ...kept }]) => [
      runId,
      { ...kept, entries: [...kept.entries], snapshots: new Map(kept.snapshots) },
    ]),
  )
}

/** The steps that succeeded, as journals tell of them. */
function recordedSteps(journals: MemoryJournals): Set<string> {
  const steps = new Set<string>()
  for (const [runId, { entries }] of journals) {
    for (const text of entries) {
      const { fact, texts } = JSON.parse(text) as {
        fact: { type: string; call?: string; error?: unknown } & VisitName
        texts?: object
      }
      const hasFailed = fact.error !== undefined || (texts !== undefined && 'error' in texts)
      if (fact.type === 'step.recorded' && !hasFailed) steps.add(`${runId} ${visitKey(fact)} ${fact.call}`)
    }
  }
  return steps
}

/** Answers the waits of a run and lets time pass until it has ended. */
async function finish(run: RunHandle, clock: VirtualClock, onRest?: () => Promise<void>): Promise<WorkflowResult> {
  const over = { result: undefined as WorkflowResult | undefined }
  void run.result().then((result) => {
    over.result = result
  })
  for (let turn = 0; turn < 300; turn++) {
    await settle()
    if (over.result !== undefined) return over.result
    await onRest?.()
    const wait = (await run.waits()).find(({ name }) => name !== 'never')
    if (wait === undefined) clock.advance(60_000)
    else await run.resume(wait.waitId, `answer to ${wait.waitId}`)
  }
  throw new Error('the run did not end')
}

const runtimeOn = (clock: VirtualClock, ran: string[], store?: IJournalStore): FlowRuntime =>
  new FlowRuntime({
    registry: handlers(ran),
    blueprints: { looped, child },
    clock,
    ...(store === undefined ? {} : { store }),
  })

const started = (runtime: FlowRuntime): Promise<RunHandle> => runtime.start(looped, undefined, { runId: 'r' })

describe('a run with durable calls', () => {
  it('whose process ends after any group of events ends the same, and runs no step again that was recorded', async () => {
    const states: MemoryJournals[] = []
    const clock = new VirtualClock()
    const allRan: string[] = []
    const whole = await started(runtimeOn(clock, allRan, recordingStore(new Map(), states)))
    const { output, status } = await finish(whole, clock)
    expect(status).toBe('completed')
    expect(new Set(allRan).size).toBe(allRan.length)
    expect(states.length).toBeGreaterThan(60)
    for (const [at, journals] of states.entries()) {
      const recorded = recordedSteps(journals)
      const ran: string[] = []
      const later = new VirtualClock()
      const again = await started(runtimeOn(later, ran, memoryJournalStore({ journals })))
      const place = `cut after ${at + 1} of ${states.length}`
      const result = await finish(again, later)
      expect({ place, output: result.output }).toEqual({ place, output })
      expect({ place, again: ran.filter((step) => recorded.has(step)) }).toEqual({ place, again: [] })
      expect({ place, steps: new Set([...ran, ...recorded]) }).toEqual({ place, steps: new Set(allRan) })
    }
  }, 120_000)

  it('that is gone on with from a snapshot, taken whenever nothing happens, ends the same', async () => {
    const snapshots: { readonly text: string; readonly ran: readonly string[] }[] = []
    const clock = new VirtualClock()
    const allRan: string[] = []
    const whole = await started(runtimeOn(clock, allRan))
    const { output } = await finish(whole, clock, async () => {
      snapshots.push({ text: await whole.snapshot(), ran: [...allRan] })
    })
    expect(snapshots.length).toBeGreaterThan(10)
    for (const { text, ran: before } of snapshots) {
      const ran: string[] = []
      const later = new VirtualClock()
      const again = await runtimeOn(later, ran).start(looped, undefined, { snapshot: text })
      expect((await finish(again, later)).output).toEqual(output)
      expect([...before, ...ran].toSorted()).toEqual(allRan.toSorted())
    }
  }, 60_000)
})
