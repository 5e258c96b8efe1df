import { describe, expect, it } from 'vitest'
import { Cluster, leavingBeginnings } from '../../test/cluster.ts'
import { graphOf } from '../../test/blueprints.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import type { RunMessage } from '../model/run-message.ts'
import type { RunRef } from '../ports/run-records.ts'
import type { TurnChanges, TurnGrant } from '../ports/turn-store.ts'
import { defaultLimits } from './actor-options.ts'
import { RunGraphs, type Definition } from './definitions.ts'
import { MessageSender } from './message-sender.ts'
import { startRun } from './start-run.ts'
import { TurnDraft } from './turn-draft.ts'

/** The commit of a turn that does this and nothing else. */
const changesWith = (changes: Partial<TurnChanges>): TurnChanges => ({ ...new TurnDraft().toChanges({}), ...changes })

const parentBlueprint = {
  id: 'parent',
  nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'test' } }],
  edges: [],
}

/** Two runs in a store, with a sender that delivers without driving turns. */
async function openFamily() {
  const cluster = new Cluster({
    registry: { a: () => 1 },
    blueprints: { test: graphOf([], { nodes: [{ id: 'a', uses: 'a' }] }) },
  })
  const { store, clock, definitions } = cluster
  const parentHead = await cluster.start(parentBlueprint, null, { runId: 'parent', isLeftToWorkers: true })
  const parent: RunRef = { runId: 'parent', incarnation: parentHead.incarnation }
  const definition = definitions.get(parentHead.definitionHash) as Definition
  const child = definition.child('test') as Definition
  const link = {
    ...parent,
    definitionHash: definition.key,
    visit: { nodeId: 'sub', iteration: [] },
    attempt: 1,
    touches: [],
    depth: 1,
  }
  const options = {
    store,
    clock,
    definitions,
    logger: silentLogger,
    limits: defaultLimits,
    enqueue: async () => undefined,
  }
  const sender = new MessageSender(options, async (run, _definition, delivery) => {
    const { verdict } = await store.deliver(run, delivery, undefined)
    return verdict
  })
  const commit = async (run: RunRef, changes: Partial<TurnChanges>): Promise<void> => {
    const { turn } = await store.deliver(run, undefined, { nonce: `${Math.random()}`, limitMs: 5000 })
    const { fence, nonce, revision, inbox } = turn as TurnGrant
    const handled = inbox.map(({ id }) => id)
    await store.commit({ ...run, fence, nonce, revision }, changesWith({ handled, ...changes }), false)
  }
  return { store, sender, parent, definition, child, link, commit }
}

describe('a store that lost the end of its log', () => {
  it('has a graph that is made of the expansions that it has now', () => {
    const cluster = new Cluster({ registry: { a: () => 1 } })
    const definition = cluster.define(graphOf(['a>b'], { nodes: [{ id: 'b', uses: 'a' }] }))
    const expansionWith = (id: string): string => {
      const expansion = { nodes: [{ id, uses: 'a' }], edges: [{ source: 'a', target: id }] }
      return definition.engine.serializer.serialize({ site: '0@', expansion })
    }
    const run = { runId: 'r', incarnation: 'i' }
    const graphs = new RunGraphs()
    const idsOf = (...expansions: string[]): string[] =>
      graphs.with(definition, run, expansions).nodes.map(({ id }) => id)
    expect(idsOf(expansionWith('lost'))).toEqual(['a', 'b', 'lost'])
    expect(idsOf(expansionWith('kept'))).toEqual(['a', 'b', 'kept'])
    expect(idsOf(expansionWith('kept'), expansionWith('more'))).toEqual(['a', 'b', 'kept', 'more'])
  })

  it('starts no child whose input it does not have', async () => {
    const { store, sender, parent, definition, child, link, commit } = await openFamily()
    const message: RunMessage = {
      id: 'start/child',
      type: 'start-child',
      childRunId: 'child',
      blueprintId: 'test',
      definitionHash: child.key,
      inputValue: 'input of child',
      parent: link,
    }
    await sender.send(parent, definition, [message])
    expect(await store.readRun('child')).toBeUndefined()
    await commit(parent, { values: { 'input of child': '{"json":1}' } })
    await sender.send(parent, definition, [message])
    expect(await store.readRun('child')).toMatchObject({ status: 'live' })
  })

  it('keeps what a child has to tell until its parent has asked for the child again', async () => {
    const { store, sender, parent, child, link, commit } = await openFamily()
    await startRun(leavingBeginnings(store), child, { runId: 'child', input: '{"json":1}', parent: link })
    const { incarnation = '' } = (await store.readRun('child')) ?? {}
    const ref = { runId: 'child', incarnation }
    await commit(ref, { end: { status: 'completed', journal: [] } })
    const told: RunMessage = {
      id: 'notify',
      type: 'notify-parent',
      childRunId: 'child',
      parent: link,
      status: 'completed',
    }
    await sender.send(ref, child, [told])
    expect((await store.readRun('child'))?.underWay).toBe(1)
    await commit(parent, { children: [{ childRunId: 'child', visit: link.visit }] })
    await sender.send(ref, child, [told])
    expect((await store.readRun('child'))?.underWay).toBe(0)
    expect((await store.readRun('parent'))?.children).toEqual([])
  })

  it('is not told by a child that has to end again', async () => {
    const { store, sender, parent, child, link, commit } = await openFamily()
    await startRun(leavingBeginnings(store), child, { runId: 'child', input: '{"json":1}', parent: link })
    await commit(parent, { children: [{ childRunId: 'child', visit: link.visit }] })
    const { incarnation = '' } = (await store.readRun('child')) ?? {}
    const told: RunMessage = {
      id: 'notify',
      type: 'notify-parent',
      childRunId: 'child',
      parent: link,
      status: 'completed',
      outputValue: 'o:a',
    }
    await sender.send({ runId: 'child', incarnation }, child, [told])
    expect((await store.readRun('parent'))?.children).toEqual(['child'])
  })

  it('tells nothing to a parent that has ended', async () => {
    const { store, sender, parent, child, link, commit } = await openFamily()
    await startRun(leavingBeginnings(store), child, { runId: 'child', input: '{"json":1}', parent: link })
    const { incarnation = '' } = (await store.readRun('child')) ?? {}
    const ref = { runId: 'child', incarnation }
    await commit(ref, { end: { status: 'cancelled', journal: [] } })
    await commit(parent, { end: { status: 'cancelled', journal: [] } })
    await sender.send(ref, child, [
      { id: 'notify', type: 'notify-parent', childRunId: 'child', parent: link, status: 'cancelled' },
    ])
    expect((await store.readRun('child'))?.underWay).toBe(0)
  })
})
