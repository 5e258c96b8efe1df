import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A slot that gets free is taken at once, however long the attempts in the other slots still take. */
export const freeSlotsAreTakenAtOnce: OrchestratorBehaviour = {
  name: 'a slot that gets free is taken at once, however long the attempts in the other slots still take',
  run: async ({ run, expect, sleep }) => {
    const ended: string[] = []
    const work = (id: string, ms: number) => async (): Promise<void> => {
      await sleep(ms)
      ended.push(id)
    }
    const quick = ['b', 'c', 'd', 'e', 'f']
    const registry = { a: work('a', 200), ...Object.fromEntries(quick.map((id) => [id, work(id, 5)])) }
    const { result } = await run(flow(plain('a', ...quick)), { concurrency: 2, registry })
    expect([result.status, ended.toSorted(), ended.at(-1)]).toEqual(['completed', ['a', ...quick], 'a'])
  },
}
