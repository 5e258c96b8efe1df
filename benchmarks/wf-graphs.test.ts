import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { watchRun } from './cases/watched-run.ts'
import type { Engine } from './engines/contract.ts'
import { floor } from './engines/floor.ts'
import { heddle } from './engines/heddle.ts'
import { criticalPath, fan, layers } from './graph.ts'
import { parseWorkflowGraph } from './wf-graphs.ts'

const diamond = { nodeIds: ['split', 'left', 'right', 'merge'], runtimeSeconds: [1, 5, 2, 1] }
const diamondEdges = [
  [0, 1],
  [0, 2],
  [1, 3],
  [2, 3],
]

const parse = (data: object) => parseWorkflowGraph('diamond', JSON.stringify(data))

describe('parseWorkflowGraph', () => {
  it('reads the reduced form', () => {
    const { graph, runtimeSeconds } = parse({
      tasks: diamond.nodeIds,
      runtimeSeconds: diamond.runtimeSeconds,
      edges: diamondEdges,
    })
    expect(graph).toEqual({ id: 'diamond', nodeIds: diamond.nodeIds, edges: diamondEdges })
    expect(runtimeSeconds).toEqual(diamond.runtimeSeconds)
    expect(criticalPath(graph, runtimeSeconds)).toBe(7)
  })

  it('reads WfFormat 1.5 and 1.6: a specification by id, and an execution', () => {
    const { graph, runtimeSeconds } = parse({
      schemaVersion: '1.5',
      workflow: {
        specification: {
          tasks: [
            { name: 'split', id: 'split', parents: [], children: ['left', 'right'] },
            { name: 'work', id: 'left', parents: ['split'], children: ['merge'] },
            { name: 'work', id: 'right', parents: ['split'], children: ['merge'] },
            { name: 'merge', id: 'merge', parents: ['left', 'right'], children: [] },
          ],
        },
        execution: { tasks: diamond.nodeIds.map((id, at) => ({ id, runtimeInSeconds: diamond.runtimeSeconds[at] })) },
      },
    })
    expect(graph.nodeIds).toEqual(diamond.nodeIds)
    expect(new Set(graph.edges.map(String))).toEqual(new Set(diamondEdges.map(String)))
    expect(runtimeSeconds).toEqual(diamond.runtimeSeconds)
  })

  it('reads older WfFormat: tasks by name with run times of their own', () => {
    const { graph, runtimeSeconds } = parse({
      schemaVersion: '1.0',
      workflow: {
        tasks: [
          { name: 'a', runtime: 1.5, children: ['b'] },
          { name: 'b', runtimeInSeconds: 2, parents: ['a'] },
        ],
      },
    })
    expect(graph.edges).toEqual([[0, 1]])
    expect(runtimeSeconds).toEqual([1.5, 2])
  })

  it('gives a task another id where its name is none or is taken', () => {
    const { graph } = parse({ tasks: ['a b', 'c', 'c', '__proto__'], runtimeSeconds: [0, 0, 0, 0], edges: [] })
    expect(graph.nodeIds).toEqual(['task-0', 'c', 'task-2', 'task-3'])
  })

  it.each([
    ['another object', { nodes: [] }, 'neither'],
    [
      'an edge that leads nowhere',
      { tasks: ['a'], runtimeSeconds: [1], edges: [[0, 1]] },
      'edge 0 → 1 leads to no task',
    ],
    ['a missing run time', { tasks: ['a'], runtimeSeconds: [], edges: [] }, '1 tasks, but 0 run times'],
    ['a parent that is no task', { workflow: { tasks: [{ name: 'a', parents: ['b'] }] } }, 'no task is'],
  ])('refuses %s', (_, data, message) => {
    expect(() => parse(data)).toThrow(message)
  })
})

describe('watchRun', () => {
  it.each([
    ['floor', floor],
    ['heddle', heddle],
  ])('finds that the %s calls each node once and none too early', async (_, engine) => {
    await expect(watchRun(engine, { graph: layers(4, 5, 3) })).resolves.toBeUndefined()
  })

  it('finds an engine that ignores edges and calls a node twice', async () => {
    const careless: Engine = {
      ...floor,
      prepareGraph: async ({ graph, work = async () => 1 }) => {
        return async () => {
          const outputs = await Promise.all([0, ...graph.nodeIds.keys()].map(work))
          return outputs.length
        }
      },
    }
    const load = { graph: fan(2), work: async () => setImmediate(1) }
    await expect(watchRun(careless, load)).rejects.toThrow(/began before n0 had finished.*n0 was called 2 times/u)
  })
})
