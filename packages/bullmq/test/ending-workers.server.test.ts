import { createWorker, FlowRuntime } from '@heddle/core'
import { afterEach, describe, expect, it } from 'vitest'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { runProgram, type RunningProgram } from './programs.ts'
import { redisUrl, uniquePrefix } from './redis.ts'
import { slowWorkflow } from './slow-workflow.ts'

const programs: RunningProgram[] = []

afterEach(() => {
  for (const { child } of programs.splice(0)) child.kill('SIGKILL')
})

describe('a worker in a process that is told to end', () => {
  it.each([
    ['its queue', 'queue', 'SIGTERM'],
    ['its own doing', 'worker', 0],
  ])('gives its attempts up by %s: another worker makes them at once, and none is lost', async (_, by, end) => {
    const [url, prefix] = [redisUrl(), uniquePrefix()]
    const store = redisCoordinationStore({ url, prefix })
    const queue = bullmqJobQueue({ url, prefix, stalledAfterMs: 600_000 })
    const runtime = new FlowRuntime({ store, queue, pollMs: 20 })
    const workflow = slowWorkflow(async (input) => `${input} is done`)
    const program = runProgram('work-slowly', url, prefix, by)
    programs.push(program)
    await program.said('ready')
    const runs = [await runtime.start(workflow, 'one'), await runtime.start(workflow, 'two')]
    await Promise.all([program.said('begins one'), program.said('begins two')])
    program.child.kill('SIGTERM')
    expect(await program.ended).toBe(end)
    await Promise.all([program.said('gives up one'), program.said('gives up two')])
    const worker = createWorker({ workflows: [workflow], store, queue, limits: { maxLostAttempts: 0 } })
    const results = await Promise.all(runs.map((run) => run.result()))
    expect(results.map(({ output }) => output)).toEqual(['one is done', 'two is done'])
    await worker.close()
    await queue.close()
    await store.close()
  })
})
