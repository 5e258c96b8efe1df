import { FlowRuntime } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { graph } from '../../test/graph.ts'
import { recordEvents } from './record-events.ts'

const registry = { a: () => 1, b: () => 2 }
const chain = graph({ a: {}, b: {} }, [['a', 'b']])

describe('an event recorder', () => {
  it('keeps events in order, by type and by node', async () => {
    const runtime = new FlowRuntime({ registry })
    const recorder = recordEvents(runtime)
    await runtime.run(chain)
    expect(recorder.ofType('node.completed').map(({ nodeId, output }) => [nodeId, output])).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(recorder.ofNode('b').map(({ type }) => type)).toEqual(['node.ready', 'node.started', 'node.completed'])
    expect(recorder.types()).toHaveLength(recorder.events.length)
    expect(recorder.types().at(-1)).toBe('run.completed')
  })

  it('keeps the events of one run if it is told to', async () => {
    const runtime = new FlowRuntime({ registry })
    const recorder = recordEvents(runtime.eventBus, { runId: 'two' })
    await Promise.all([runtime.run(chain, 1, { runId: 'one' }), runtime.run(chain, 1, { runId: 'two' })])
    expect(new Set(recorder.events.map(({ runId }) => runId))).toEqual(new Set(['two']))
  })

  it('waits for an event that is yet to come, and answers one that came before', async () => {
    const runtime = new FlowRuntime({ registry })
    const recorder = recordEvents(runtime)
    const coming = recorder.waitFor((event) => event.type === 'node.completed' && event.nodeId === 'b')
    await runtime.run(chain)
    await expect(coming).resolves.toMatchObject({ output: 2 })
    await expect(recorder.waitFor((event) => event.type === 'run.started')).resolves.toMatchObject({ seq: 1 })
  })

  it('forgets when it is cleared, hears nothing when it is stopped, and lets nobody wait in vain', async () => {
    const runtime = new FlowRuntime({ registry })
    const recorder = recordEvents(runtime)
    await runtime.run(chain)
    recorder.clear()
    expect(recorder.events).toEqual([])
    const waiting = recorder.waitFor(() => true)
    recorder.stop()
    await expect(waiting).rejects.toMatchObject({ code: 'ALREADY_CLOSED' })
    await runtime.run(chain)
    expect(recorder.events).toEqual([])
    await expect(recorder.waitFor(() => true)).rejects.toMatchObject({ code: 'ALREADY_CLOSED' })
  })
})
