import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FileStore } from '../file/file-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { route } from '../model/node-result.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { foldJournal } from '../traversal/fold-journal.ts'
import { Timeline } from '../traversal/timeline.ts'
import { exportRun, importRun, type RunExport } from './export-run.ts'
import { FlowRuntime } from './flow-runtime.ts'

const events = 100_000

/** As many as it takes: each has at least eighteen events. */
const iterations = Math.ceil(events / 18)

/** A loop around a split, a branch that is not chosen, and a join. */
const long: WorkflowBlueprint = {
  id: 'long',
  start: ['head'],
  nodes: [
    { id: 'head', uses: 'head', config: { maxIterations: iterations + 1 } },
    { id: 'left', uses: 'add' },
    { id: 'right', uses: 'add' },
    { id: 'join', uses: 'join' },
    { id: 'never', uses: 'add' },
    { id: 'end', uses: 'add' },
  ],
  edges: [
    { source: 'head', target: 'left' },
    { source: 'head', target: 'right' },
    { source: 'left', target: 'join' },
    { source: 'right', target: 'join' },
    { source: 'right', target: 'never', condition: 'false' },
    { source: 'join', target: 'head', action: 'again' },
    { source: 'join', target: 'end', action: 'done' },
  ],
  policy: { context: { sum: { reducer: 'sum', initial: 0 } } },
}

const registry = {
  head: ({ iteration }: NodeContext) => ({ round: iteration[0] }),
  add: ({ context, nodeId }: NodeContext) => {
    context.set('sum', 1)
    return nodeId
  },
  join: ({ iteration }: NodeContext) => route((iteration[0] ?? 0) < iterations - 1 ? 'again' : 'done', iteration[0]),
}

/** Places at the ends, around those that a timeline keeps, and anywhere. */
function placesOf(length: number): readonly number[] {
  const kept = 4096
  return [0, 1, kept * 2 - 1, kept * 2, kept * 2 + 1, 33_333, kept * 24, length]
}

describe('a run of 100,000 events', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'long-run-'))
  const open = (name: string): FileStore => new FileStore({ dir: path.join(dir, name), fsync: 'never' })
  let journal: readonly RunEvent[] = []
  let exported: RunExport | undefined

  beforeAll(async () => {
    const store = open('first')
    const runtime = new FlowRuntime({ registry, store })
    const run = await runtime.start(long, { from: 'here' }, { runId: 'r' })
    await run.result()
    journal = await run.journal()
    exported = await exportRun(store, 'r')
    await runtime.close()
  }, 120_000)

  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  it('has that many, without a gap', () => {
    expect(journal.length).toBeGreaterThan(events)
    expect(journal.findIndex(({ seq }, at) => seq !== at + 1)).toBe(-1)
  })

  it('has been there where a fold from its beginning says, at any event', () => {
    const timeline = new Timeline(long, journal)
    for (const seq of placesOf(journal.length)) {
      const [looked, folded] = [timeline.at(seq), foldJournal(long, journal, seq)]
      expect({ seq, is: [looked.seq, looked.status, looked.shared.get('sum')] }).toEqual({
        seq,
        is: [folded.seq, folded.status, folded.shared.get('sum')],
      })
      expect({ seq, isSame: textOf(looked) === textOf(folded) }).toEqual({ seq, isSame: true })
    }
  }, 120_000)

  it('is the same after an export, an import and another export, entry by entry and wherever one looks', async () => {
    const text = JSON.stringify(exported)
    const store = open('second')
    await importRun(store, JSON.parse(text) as RunExport)
    const isSame = JSON.stringify(await exportRun(store, 'r')) === text
    expect(isSame).toBe(true)
    const runtime = new FlowRuntime({ registry, store })
    const run = runtime.open(long, 'r')
    const again = await run.journal()
    expect(again).toHaveLength(journal.length)
    expect(again.findIndex((event, at) => JSON.stringify(event) !== JSON.stringify(journal[at]))).toBe(-1)
    const timeline = new Timeline(long, again)
    for (const seq of [33_333, journal.length]) {
      const isAsIt = textOf(timeline.at(seq)) === textOf(foldJournal(long, journal, seq))
      expect({ seq, isAsIt }).toEqual({ seq, isAsIt: true })
    }
    expect(await run.result()).toMatchObject({
      status: 'completed',
      output: { end: 'end' },
      context: { sum: iterations * 2 + 1 },
    })
    await runtime.close()
  }, 120_000)
})

/** Where a run stood, as text: comparing tens of thousands of entries one by one takes long. */
function textOf({ visits, marks, waits, input, shared }: ReturnType<typeof foldJournal>): string {
  return JSON.stringify([[...visits], [...marks], [...waits], input, shared.snapshot()])
}
