import type { RunEvent } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { RunProgress } from './run-progress.ts'

let seq = 0

/** An event of run `r` at a time. */
function event(at: number, fact: Readonly<Record<string, unknown>>): RunEvent {
  return { seq: ++seq, at, runId: 'r', iteration: [], ...fact } as unknown as RunEvent
}

function follow(...events: readonly RunEvent[]): RunProgress {
  const progress = new RunProgress(4)
  for (const one of events) progress.take(one)
  return progress
}

describe('the progress of a run', () => {
  it('counts each node where its last visit stands', () => {
    const progress = follow(
      event(0, { type: 'node.started', nodeId: 'a', attempt: 1 }),
      event(5, { type: 'node.completed', nodeId: 'a', output: 1 }),
      event(5, { type: 'node.started', nodeId: 'a', iteration: [1], attempt: 1 }),
      event(6, { type: 'node.skipped', nodeId: 'b', reason: { type: 'not-chosen' } }),
      event(6, { type: 'node.failed', nodeId: 'c', attempt: 1, error: { name: 'E', message: 'no' } }),
      event(6, { type: 'node.failed', nodeId: 'd', attempt: 1, error: { name: 'E', message: 'no' }, handledBy: 'f' }),
    )
    expect(progress.counts()).toMatchObject({ running: 1, completed: 0, skipped: 1, failed: 1, handled: 1 })
    expect(progress.settled).toBe(3)
  })

  it('knows what is under way: since when, in which attempt, how far', () => {
    const progress = follow(
      event(10, { type: 'node.started', nodeId: 'a', attempt: 1 }),
      event(20, { type: 'node.retrying', nodeId: 'a', attempt: 1, delayMs: 5, error: { name: 'E', message: 'no' } }),
      event(25, { type: 'node.started', nodeId: 'a', attempt: 2 }),
      event(30, { type: 'node.progress', nodeId: 'a', fraction: 0.5, message: 'half' }),
      event(40, { type: 'node.started', nodeId: 'w', attempt: 1 }),
      event(41, { type: 'node.suspended', nodeId: 'w', waitsFor: 'wait' }),
    )
    expect(progress.activeNodes()).toEqual([
      { key: 'a', standing: 'running', since: 10, attempt: 2, fraction: 0.5, message: 'half' },
      { key: 'w', standing: 'waiting', since: 40, attempt: 1 },
    ])
    expect(progress.counts()).toMatchObject({ running: 1, waiting: 1, retrying: 0 })
  })

  it('counts the items of a map, not as nodes', () => {
    const progress = follow(
      event(0, { type: 'node.started', nodeId: 'm', attempt: 1 }),
      event(1, { type: 'map.opened', nodeId: 'm', count: 3 }),
      event(2, { type: 'node.started', nodeId: 'm', item: 0, attempt: 1 }),
      event(3, { type: 'node.completed', nodeId: 'm', item: 0, output: 1 }),
      event(3, { type: 'map.item', nodeId: 'm', item: 0, status: 'completed' }),
    )
    expect(progress.activeNodes()).toMatchObject([{ key: 'm', items: { settled: 1, count: 3 } }])
    expect(progress.counts()).toMatchObject({ running: 1, completed: 0 })
  })

  it('counts what happened before a fork in the other run, and takes no event of the fork for one of a child run', () => {
    const progress = new RunProgress(4)
    progress.begin('fork', [event(0, { type: 'node.completed', nodeId: 'a', output: 1 })])
    const own = event(1, { runId: 'fork', type: 'node.completed', nodeId: 'b', output: 1 })
    progress.take(own)
    progress.take(event(2, { runId: 'child', type: 'node.completed', nodeId: 'c', output: 1 }))
    expect([progress.count('completed'), progress.isOwn(own), progress.startedAt]).toEqual([2, true, 1])
  })

  it('counts the time of a fork from where it was forked', () => {
    const progress = new RunProgress(4)
    const data = {} as Extract<RunEvent, { type: 'run.forked' }>['data']
    progress.begin('fork', [
      event(0, { runId: 'fork', type: 'run.started', workflowId: 'w' }),
      event(7, { runId: 'fork', type: 'run.forked', fromRunId: 'r', fromSeq: 1, data }),
    ])
    progress.take(event(9, { runId: 'fork', type: 'node.started', nodeId: 'a', attempt: 1 }))
    expect(progress.startedAt).toBe(7)
  })

  it('leaves child runs out, and counts nodes that a handler added', () => {
    const progress = follow(
      event(0, { type: 'run.started', workflowId: 'w' }),
      event(1, { type: 'node.completed', nodeId: 'x', output: 1, runId: 'child' }),
      event(2, { type: 'graph.expanded', nodeId: 'a', expansion: { nodes: [{ id: 'n', uses: 'n' }], edges: [] } }),
    )
    expect(progress.counts().completed).toBe(0)
    expect(progress.total).toBe(5)
  })
})
