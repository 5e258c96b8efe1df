import { describe, expect, it } from 'vitest'
import { Cluster } from '../../test/cluster.ts'
import { pinnedHash } from '../execution/engine/pinned-hash.ts'
import { standaloneEngine } from '../execution/engine/standalone-engine.ts'
import type { Engine } from '../execution/engine/engine.ts'
import { SuperjsonSerializer } from '../defaults/superjson-serializer.ts'
import { definitionHash } from '../graph/definition-hash.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Workflow } from '../ports/workflow.ts'
import { FlowRuntime } from './flow-runtime.ts'

/** A blueprint that runs other workflows one after the other, and then waits. */
function flow(id: string, version: string, ...children: readonly string[]): WorkflowBlueprint {
  const ids = [...children.map((child) => `run-${child}`), 'hold']
  return {
    id,
    version,
    nodes: ids.map((node, at) => {
      const child = children[at]
      return child === undefined
        ? { id: node, uses: 'wait', params: { name: 'hold' } }
        : { id: node, uses: 'subflow', params: { blueprintId: child } }
    }),
    edges: ids.slice(1).map((target, at) => ({ source: ids[at] as string, target })),
  }
}

const leaf = (version: string): WorkflowBlueprint => ({
  id: 'leaf',
  version,
  nodes: [{ id: 'x', uses: 'x' }],
  edges: [],
})

/** Blueprints by id; `leaf` has the given version. */
function family(version: string): Record<'parent' | 'middle' | 'leaf', WorkflowBlueprint> {
  const middle = { id: 'middle', nodes: flow('middle', '1', 'leaf').nodes.slice(0, 1), edges: [] }
  return { parent: flow('parent', '1', 'middle'), middle, leaf: leaf(version) }
}

/** What the engine of a runtime would say of these blueprints. */
function hashAmong(blueprints: Record<string, WorkflowBlueprint>, id: string): string {
  const engine: Engine = {
    ...standaloneEngine(new SuperjsonSerializer()),
    findChild: (name) => {
      const blueprint = blueprints[name]
      return blueprint === undefined ? undefined : { blueprint, engine }
    },
  }
  return pinnedHash(engine, blueprints[id] as WorkflowBlueprint)
}

describe('the definition hash of a workflow with subflows', () => {
  it('is made of the hashes of its subflows, at any depth', () => {
    const { parent, middle, leaf: low } = family('1')
    const hash = hashAmong(family('1'), 'parent')
    expect(hash).toBe(definitionHash(parent, { middle: definitionHash(middle, { leaf: definitionHash(low) }) }))
    expect(hash).toBe(hashAmong(family('1'), 'parent'))
    expect(hash).not.toBe(hashAmong(family('2'), 'parent'))
    expect(hashAmong(family('1'), 'leaf')).toBe(definitionHash(low))
  })

  it('is that of the blueprint alone where it names none, or one that is not there', () => {
    expect(hashAmong({ a: flow('a', '1') }, 'a')).toBe(definitionHash(flow('a', '1')))
    expect(hashAmong({ a: flow('a', '1', 'b') }, 'a')).toBe(definitionHash(flow('a', '1', 'b')))
  })

  it('is found where workflows name themselves and each other, and tells each change', () => {
    const all = (version: string): Record<string, WorkflowBlueprint> =>
      Object.fromEntries(
        ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'].map((id, _, ids) => [
          id,
          flow(id, id === 'l' ? version : '1', ...ids),
        ]),
      )
    expect(hashAmong({ a: flow('a', '1', 'a') }, 'a')).toBe(definitionHash(flow('a', '1', 'a'), { a: 'a' }))
    for (const id of ['a', 'f', 'l']) {
      expect(hashAmong(all('1'), id)).toBe(hashAmong(all('1'), id))
      expect(hashAmong(all('1'), id)).not.toBe(hashAmong(all('2'), id))
    }
  })

  it('is computed once, when nothing of it can change any more', () => {
    const child = leaf('1')
    let asked = 0
    const engine: Engine = {
      ...standaloneEngine(new SuperjsonSerializer()),
      findChild: () => {
        asked++
        return { blueprint: child, engine }
      },
    }
    const parent = Object.freeze(flow('parent', '1', 'leaf'))
    const before = pinnedHash(engine, parent)
    Object.assign(child, { version: '2' })
    expect(pinnedHash(engine, parent)).not.toBe(before)
    Object.freeze(child)
    const after = pinnedHash(engine, parent)
    const times = asked
    expect(pinnedHash(engine, parent)).toBe(after)
    expect(asked).toBe(times)
  })
})

describe('a run of a workflow one of whose subflows has changed', () => {
  const registry = { x: () => 'x' }
  const runtimeOf = (version: string): FlowRuntime => {
    const { middle, leaf: low } = family(version)
    return new FlowRuntime({ registry, blueprints: { middle, leaf: low } })
  }
  const workflowOf = (version: string): Workflow => {
    const { parent, middle, leaf: low } = family(version)
    const subflows = { leaf: { blueprint: low, registry } }
    const child = { blueprint: middle, registry, subflows }
    return { blueprint: parent, registry, subflows: { middle: child } }
  }
  const { parent } = family('1')

  it('cannot go on from its snapshot', async () => {
    const first = runtimeOf('1')
    expect((await first.run(parent, null, { runId: 'r' })).status).toBe('awaiting')
    const snapshot = await first.open('r').snapshot()
    await expect(runtimeOf('2').start(parent, null, { snapshot })).rejects.toMatchObject({
      code: 'DEFINITION_MISMATCH',
      details: { runId: 'r' },
    })
    const again = await runtimeOf('1').start(parent, null, { snapshot })
    await again.resume('hold')
    expect((await again.result()).status).toBe('completed')
  })

  it('is another run, which cannot have its id', async () => {
    const runtime = new FlowRuntime()
    await runtime.start(workflowOf('1'), null, { runId: 'r' })
    await expect(runtime.start(workflowOf('2'), null, { runId: 'r' })).rejects.toMatchObject({
      code: 'RUN_CONFLICT',
      details: { runId: 'r', what: 'definition' },
    })
    expect(() => runtime.open(workflowOf('2'), 'r')).toThrow(expect.objectContaining({ code: 'DEFINITION_MISMATCH' }))
    expect((await runtime.start(workflowOf('1'), null, { runId: 'r' })).runId).toBe('r')
  })

  it('has another key where it is distributed, so that only workers with the same subflows carry it out', async () => {
    const cluster = new Cluster({ registry, blueprints: family('1') })
    const other = new Cluster({ registry, blueprints: family('2'), store: () => cluster.store })
    expect(cluster.define(parent).hash).toBe(hashAmong(family('1'), 'parent'))
    expect(other.define(parent).key).not.toBe(cluster.define(parent).key)
    await cluster.start(parent, null)
    other.jobs.push(...cluster.jobs.splice(0))
    other.handOut()
    await other.settle()
    expect((await cluster.events()).map(({ type }) => type)).not.toContain('node.started')
    cluster.clock.advance(5000)
    await cluster.sweep()
    await cluster.work()
    expect((await cluster.events()).map(({ type }) => type)).toContain('child.settled')
  })

  it('tells its hash when it starts', async () => {
    const runtime = runtimeOf('1')
    const run = await runtime.start(parent, null, { journal: true })
    const [first] = await run.journal()
    expect(first).toMatchObject({ type: 'run.started', definitionHash: hashAmong(family('1'), 'parent') })
  })
})
