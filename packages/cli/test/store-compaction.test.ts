import { describe, expect, it } from 'vitest'
import { RunningCli, withFiles } from './run-cli.ts'
import { documentOf, fixtureFile, here, withStore } from './store-folder.ts'

/** A run that has a snapshot in its journal when it comes to wait. */
const long = `
export default {
  id: 'long',
  start: ['count'],
  nodes: [
    { id: 'count', uses: 'count', config: { maxIterations: 5000 } },
    { id: 'ask', uses: 'wait' },
  ],
  edges: [
    { source: 'count', target: 'count', condition: 'result < 2000' },
    { source: 'count', target: 'ask', condition: 'result >= 2000' },
  ],
}
export const registry = {
  count: ({ iteration }) => iteration[0],
}
`

interface Inspected {
  readonly status: string
  readonly lastSeq: number
  readonly droppedTo?: number
}

const inspect = async (dir: string): Promise<Inspected> =>
  (await documentOf('inspect', 'l', '--store', dir)) as Inspected

describe('heddle compact', { timeout: 60_000 }, () => {
  it('drops what comes before the newest snapshot, says what, and the run goes on from there', async () => {
    await withFiles({ 'long.mjs': long }, (at) =>
      withStore(async (dir) => {
        const file = at('long.mjs')
        expect(await here('run', file, '--store', dir, '--run-id', 'l')).toMatchObject({ exitCode: 3 })
        const { exitCode, stdout } = await here('compact', 'l', '--store', dir)
        expect(stdout).toMatch(
          /^dropped events 1 to \d+ of run l: its journal begins with a snapshot, and event \d+\n$/u,
        )
        expect(exitCode).toBe(0)
        const { status, droppedTo = 0 } = await inspect(dir)
        expect([status, droppedTo >= 5000]).toEqual(['awaiting', true])
        expect(stdout).toContain(`1 to ${droppedTo} of`)

        expect((await here('compact', 'l', '--store', dir)).stdout).toContain('nothing was dropped of run l')
        const again = await documentOf('compact', 'l', '--store', dir, '--json')
        expect(again).toEqual({ runId: 'l', dropped: 0, firstSeq: droppedTo + 1 })
        const resumed = await here('resume', 'l', file, '--store', dir, '--wait', 'ask', '--payload', '"yes"')
        expect(resumed.exitCode).toBe(0)
      }),
    )
  })

  it('leaves a run without a snapshot as it is, and refuses one that is not there', async () => {
    await withStore(async (dir) => {
      await here('run', fixtureFile('approvals.mjs'), '--export', 'pair', '--store', dir, '--run-id', 'l')
      const before = await inspect(dir)
      const { exitCode, stdout } = await here('compact', 'l', '--store', dir)
      expect([exitCode, stdout]).toEqual([
        0,
        expect.stringMatching(/^nothing was dropped of run l: it has no snapshot/u),
      ])
      expect(await inspect(dir)).toEqual(before)
      const unknown = await here('compact', 'ghost', '--store', dir)
      expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('[UNKNOWN_RUN]')])
    })
  })

  it('is refused while another process writes to the store', async () => {
    await withStore(async (dir) => {
      const options = ['--export', 'endless', '--store', dir]
      const running = new RunningCli(['run', fixtureFile('outcomes.mjs'), '--run-id', 'e', ...options])
      await running.untilShown('work: working')
      const { exitCode, stderr } = await here('compact', 'e', '--store', dir)
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('[STORE_LOCKED]')])
      running.signal('SIGKILL')
      await running.ended
    })
  })
})
