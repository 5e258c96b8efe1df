import { describe, expect, it } from 'vitest'
import { Cluster } from '../../test/cluster.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { resumeRun } from './run-requests.ts'
import { readOpenWaits } from './run-waits.ts'

/** A node that runs another workflow. */
const subflow = (id: string, blueprintId: string) => ({ id, uses: 'subflow', params: { blueprintId } })

/** A workflow that runs itself. */
const endless: WorkflowBlueprint = {
  id: 'endless',
  nodes: [
    { id: 'note', uses: 'note' },
    { ...subflow('sub', 'endless'), config: { retry: { maxAttempts: 3 } } },
  ],
  edges: [{ source: 'note', target: 'sub' }],
}

const child: WorkflowBlueprint = {
  id: 'child',
  nodes: [{ id: 'ask', uses: 'wait', params: { name: 'k' } }],
  edges: [],
}

/** Two child runs of one workflow, and one that has such a child run by itself. */
const parent: WorkflowBlueprint = {
  id: 'parent',
  nodes: [subflow('one', 'child'), subflow('two', 'child'), subflow('deep', 'outer')],
  edges: [],
}

const outer: WorkflowBlueprint = { id: 'outer', nodes: [subflow('in', 'child')], edges: [] }

async function waitIds(cluster: Cluster): Promise<string[]> {
  const waits = await readOpenWaits(cluster.store, await cluster.head())
  return waits.map(({ waitId }) => waitId)
}

async function openParent(options: Partial<ConstructorParameters<typeof Cluster>[0]> = {}): Promise<Cluster> {
  const cluster = new Cluster({ registry: {}, blueprints: { child, outer }, ...options })
  await cluster.start(parent, null)
  await cluster.work()
  return cluster
}

/** The code with which an answer is refused, or undefined if it is taken. */
async function refusal(cluster: Cluster, nameOrId: string): Promise<unknown> {
  try {
    await resumeRun(cluster.requests, 'run', nameOrId, 'late')
    return undefined
  } catch (error) {
    return error instanceof HeddleError ? error.code : error
  }
}

describe('child runs of a distributed run', () => {
  it('carry their depth in the link to their parent', async () => {
    const cluster = await openParent()
    const depths = async (runId: string): Promise<unknown[]> => {
      const { children, parent: link, workflowId } = await cluster.head(runId)
      const below = await Promise.all(children.map((id) => depths(id)))
      // Which of them a worker took first is up to the queue.
      return [workflowId, link?.depth ?? 0, ...below.toSorted((one, other) => (String(one) < String(other) ? -1 : 1))]
    }
    expect(await depths('run')).toEqual(['parent', 0, ['child', 1], ['child', 1], ['outer', 1, ['child', 2]]])
  })

  it.each([undefined, 2])('are nested no deeper than the limit, whatever their retries (limit %s)', async (limit) => {
    let runs = 0
    const note = (): number => ++runs
    const depth = limit === undefined ? {} : { limits: { maxSubflowDepth: limit } }
    const cluster = new Cluster({ registry: { note }, blueprints: { endless }, workers: 2, ...depth })
    await cluster.start(endless, null)
    await expect(cluster.run()).resolves.toMatchObject({ status: 'failed' })
    expect(runs).toBe((limit ?? 32) + 1)
    const events = await cluster.events()
    const failed = events.find(({ type }) => type === 'node.failed')
    expect(failed).toMatchObject({ nodeId: 'sub', attempt: 1, error: { code: 'SUBFLOW_FAILED' } })
    expect(JSON.stringify(failed)).toContain(`its run would be nested ${(limit ?? 32) + 1} deep`)
  })

  it('are not started past the limit although workers die and jobs come twice', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const cluster = new Cluster({
        registry: { note: () => null },
        blueprints: { endless },
        limits: { maxSubflowDepth: 2 },
        seed,
        workers: 3,
        faults: { die: 1, resend: 10, duplicate: 30, lose: 2 },
      })
      await cluster.start(endless, null)
      await expect(cluster.run(), `seed ${seed}`).resolves.toMatchObject({ status: 'failed' })
      const started: string[] = []
      for (let runId: string | undefined = 'run'; runId !== undefined;) {
        const [only, ...more] = await cluster.store.readChildren(await cluster.head(runId))
        expect(more, `seed ${seed}`).toEqual([])
        runId = only?.childRunId
        if (runId !== undefined) started.push(runId)
      }
      expect(started, `seed ${seed}`).toHaveLength(2)
    }
  })
})

describe('waits of child runs of a distributed run', () => {
  it('are listed by the ids that say which visits lead to them, and each is reached by its own', async () => {
    const cluster = await openParent()
    const ids = await waitIds(cluster)
    expect(new Set(ids)).toEqual(new Set(['k:one/ask', 'k:two/ask', 'k:deep/in/ask']))
    await expect(resumeRun(cluster.requests, 'run', 'k', 1)).rejects.toMatchObject({
      code: 'AMBIGUOUS_WAIT',
      details: { runId: 'run', name: 'k', waitIds: ids },
    })
    for (const waitId of ids) await resumeRun(cluster.requests, 'run', waitId, `to ${waitId}`)
    await expect(cluster.run()).resolves.toMatchObject({ status: 'completed' })
    expect((await cluster.events()).at(-1)).toMatchObject({
      output: { one: 'to k:one/ask', two: 'to k:two/ask', deep: 'to k:deep/in/ask' },
    })
  })

  it('are answered once, while they are under way and when they are over', async () => {
    const cluster = await openParent()
    expect(await refusal(cluster, 'k:one/ask')).toBeUndefined()
    expect(await refusal(cluster, 'k:one/ask')).toBe('WAIT_ANSWERED')
    await cluster.work()
    expect((await cluster.head()).children).toHaveLength(2)
    expect(await refusal(cluster, 'k:one/ask')).toBe('WAIT_ANSWERED')
    expect(await refusal(cluster, 'k:ghost/ask')).toBe('WAIT_NOT_OPEN')
    expect(await refusal(cluster, 'k:two/ghost')).toBe('WAIT_NOT_OPEN')
    await resumeRun(cluster.requests, 'run', 'k:two/ask', 2)
    await resumeRun(cluster.requests, 'run', 'k', 3)
    await cluster.run()
    expect(await refusal(cluster, 'k:deep/in/ask')).toBe('WAIT_ANSWERED')
    expect(await refusal(cluster, 'k')).toBe('WAIT_ANSWERED')
  })

  it('have one winner of several answers at once', async () => {
    const cluster = await openParent()
    const refusals = await Promise.all(Array.from({ length: 8 }, () => refusal(cluster, 'k:deep/in/ask')))
    expect(refusals.filter((code) => code === undefined)).toHaveLength(1)
    expect(new Set(refusals)).toEqual(new Set([undefined, 'WAIT_ANSWERED']))
  })

  it('are open again under their id when a retry has made another child run', async () => {
    const failing: WorkflowBlueprint = {
      id: 'failing',
      nodes: [
        { id: 'ask', uses: 'wait', params: { name: 'k' } },
        { id: 'fail', uses: 'fail' },
      ],
      edges: [{ source: 'ask', target: 'fail' }],
    }
    const fail = ({ input }: { input: unknown }): unknown => {
      if (input === 'late') throw new TypeError('late')
      return input
    }
    const retry = { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 2000 } } as const
    const retrying: WorkflowBlueprint = {
      id: 'retrying',
      nodes: [{ ...subflow('sub', 'failing'), config: { retry } }],
      edges: [],
    }
    const cluster = new Cluster({ registry: { fail }, blueprints: { failing } })
    await cluster.start(retrying, null)
    await cluster.work()
    expect(await refusal(cluster, 'k:sub/ask')).toBeUndefined()
    await cluster.work()
    expect(await refusal(cluster, 'k:sub/ask')).toBe('WAIT_ANSWERED')
    cluster.clock.advance(2000)
    await cluster.work()
    expect(await waitIds(cluster)).toEqual(['k:sub/ask'])
    await resumeRun(cluster.requests, 'run', 'k:sub/ask', 'good')
    await expect(cluster.run()).resolves.toMatchObject({ status: 'completed' })
  })
})
