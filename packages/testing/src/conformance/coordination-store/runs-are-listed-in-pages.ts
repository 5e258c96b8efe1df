import type { RunPlace, RunRecord } from '@heddle/core'
import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** The list of runs has each run in one page, the one that was started last first. */
export const runsAreListedInPages: CoordinationStoreBehaviour = {
  name: 'the list of runs has each run in one page, the one that was started last first',
  run: async ({ store, open, request, pass, expect }) => {
    const older = request()
    const parent = { runId: older.runId, incarnation: older.incarnation, definitionHash: 'hash' }
    const link = { ...parent, visit: { nodeId: 'n', iteration: [] }, attempt: 1, depth: 1, touches: [] }
    await store.start(older)
    await pass(2)
    const atOnce = Array.from({ length: 5 }, () => request({ tags: ['a', 'b'] }))
    await Promise.all(atOnce.map((one) => store.start(one)))
    await pass(2)
    const ended = await open(undefined, { parent: link })
    await store.cancel(ended.ref.runId, undefined, false)
    await ended.commit(await ended.takeTurn(), { handled: ['cancel'], end: { status: 'cancelled', journal: [] } })

    const own = new Set([older, ...atOnce, ended.ref].map(({ runId }) => runId))
    const found: RunRecord[] = []
    let after: RunPlace | undefined
    for (;;) {
      const page = await store.listRuns(2, after)
      found.push(...page.filter(({ runId }) => own.has(runId)))
      after = page.at(-1)
      if (page.length < 2) break
    }
    expect(found.map(({ runId }) => runId).sort()).toEqual([...own].sort())
    expect(found[0]).toMatchObject({ ...ended.ref, status: 'cancelled', parentRunId: older.runId, tags: [] })
    expect(found[0]?.endedAt !== undefined).toBe(true)
    const { runId, incarnation, workflowId, definitionHash } = older
    const started = found.at(-1)?.startedAt
    expect(found.at(-1)).toEqual({
      runId,
      incarnation,
      workflowId,
      definitionHash,
      status: 'live',
      startedAt: started,
      tags: [],
    })
    expect(found.slice(1, 6).map(({ tags }) => tags)).toEqual(Array.from({ length: 5 }, () => ['a', 'b']))

    await store.remove(ended.ref)
    const [first] = await store.listRuns(1)
    expect(first?.runId === ended.ref.runId).toBe(false)
  },
}
