import { FlowRuntime, type Workflow } from '@heddle/core'
import { afterEach, describe, expect, it } from 'vitest'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { runProgram, type RunningProgram } from './programs.ts'
import { redisUrl, uniquePrefix } from './redis.ts'
import { versionedWorkflow } from './versioned-workflow.ts'

const programs: RunningProgram[] = []

afterEach(() => {
  for (const { child } of programs.splice(0)) child.kill('SIGKILL')
})

const [url, prefixOf] = [redisUrl(), uniquePrefix]

const deploy = async (prefix: string, ...versions: readonly string[]): Promise<RunningProgram> => {
  const program = runProgram('work-versions', url, prefix, ...versions)
  programs.push(program)
  await program.said('ready')
  return program
}

const retire = async (program: RunningProgram): Promise<void> => {
  program.child.kill('SIGTERM')
  expect(await program.ended).toBe(0)
}

const workflows = Object.fromEntries(['1', '2'].map((version) => [version, versionedWorkflow(version, async () => {})]))

type Begun = ReturnType<typeof beginOf> extends Promise<infer Run> ? Run : never

const beginOf = (runtime: FlowRuntime, workflow: Workflow, n: number) => runtime.start(workflow, n)

const open = (prefix: string) => {
  const store = redisCoordinationStore({ url, prefix })
  const queue = bullmqJobQueue({ url, prefix })
  const runtime = new FlowRuntime({ store, queue, pollMs: 50 })
  const start = async (version: '1' | '2', count: number): Promise<{ run: Begun; version: string }[]> =>
    Promise.all(
      Array.from({ length: count }, async (_, n) => ({ run: await beginOf(runtime, workflows[version]!, n), version })),
    )
  const close = async (): Promise<void> => {
    await queue.close()
    await store.close()
  }
  return { start, close }
}

/** Every run has gone through all of its nodes, on its own version only. */
const expectOwnVersions = async (runs: readonly { run: Begun; version: string }[]): Promise<void> => {
  for (const { run, version } of runs) {
    const { status, output } = await run.result()
    expect([status, output]).toEqual(['completed', [version, version, version, version, version]])
  }
}

describe('a rolling deployment', () => {
  it('under load: workers of one version are replaced by those of the next, and runs finish on the version they began with', async () => {
    const prefix = prefixOf()
    const { start, close } = open(prefix)
    const old = [await deploy(prefix, '1'), await deploy(prefix, '1')]
    const runs = await start('1', 60)
    const both = await deploy(prefix, '1', '2')
    runs.push(...(await start('2', 30)))
    await retire(old[0]!)
    runs.push(...(await start('1', 30)))
    await deploy(prefix, '2')
    await retire(old[1]!)
    runs.push(...(await start('2', 30)))
    await expectOwnVersions(runs)
    await retire(both)
    await close()
  })

  it('that leaves no worker of the old version: its runs wait, which is told, until one appears', async () => {
    const prefix = prefixOf()
    const { start, close } = open(prefix)
    const old = await deploy(prefix, '1')
    const runs = await start('1', 40)
    await runs[0]!.run.result()
    await retire(old)
    await deploy(prefix, '2')
    await deploy(prefix, '2')
    const later = await start('2', 20)
    await expectOwnVersions(later)
    const waiting = []
    for (const { run } of runs) if ((await run.status()) === 'running') waiting.push(run)
    expect(waiting.length).toBeGreaterThan(0)
    for (const run of waiting) {
      const { reasons } = await run.explain()
      const needed = reasons.map((reason) => ('definitionHash' in reason ? reason.definitionHash : reason.type))
      expect(new Set(needed).size).toBe(1)
      expect(needed[0]).toMatch(/^deployed\//u)
    }
    await deploy(prefix, '1')
    await expectOwnVersions(runs)
    await close()
  })
})
