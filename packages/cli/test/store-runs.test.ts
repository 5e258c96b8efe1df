import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { InspectedRun } from '../src/store/inspect-run.ts'
import { cli, RunningCli, withFiles } from './run-cli.ts'
import { documentOf, fixtureFile, here, withStore } from './store-folder.ts'

const approvals = fixtureFile('approvals.mjs')
const outcomes = fixtureFile('outcomes.mjs')

afterEach(() => {
  vi.unstubAllEnvs()
})

/** Starts the run `a` of the approvals, which waits for two answers. */
const started = (dir: string): ReturnType<typeof here> =>
  here('run', approvals, '--store', dir, '--run-id', 'a', '--input', '"x"')

describe('heddle run --store', { timeout: 60_000 }, () => {
  it('keeps the run, tells its id, and says how to go on with it when it waits', async () => {
    await withStore(async (dir) => {
      const { exitCode, stdout, stderr } = await started(dir)
      expect(stdout).toMatch(/^run a begins\n/u)
      expect(stdout).toMatch(/\nawaiting approvals in /u)
      expect(stderr).toContain('waits for "budget" at budget')
      expect(stderr).toContain('waits for "sign" at legal/sign')
      expect(stderr).toContain(`heddle resume a ${approvals} --store ${dir} --wait budget --payload JSON`)
      expect(exitCode).toBe(3)
    })
  })

  it('goes on with the run of the same id, and answers the same result once it has ended', async () => {
    await withStore(async (dir) => {
      const run = ['run', outcomes, '--export', 'odd', '--store', dir, '--run-id', 'o']
      const first = await here(...run)
      const again = await here(...run)
      expect([first.exitCode, again.exitCode]).toEqual([0, 0])
      expect(again.stdout).toContain('run o had ended before')
      expect(again.stdout.split('\n').slice(1)).toEqual(
        first.stdout.split('\n').slice(-again.stdout.split('\n').length + 1),
      )
      const { exitCode, stderr } = await here(...run, '--input', '1')
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('RUN_CONFLICT')])
    })
  })

  it('gives a run without an id one that the other commands know', async () => {
    await withStore(async (dir) => {
      const result = (await documentOf('run', outcomes, '--export', 'failing', '--store', dir)) as { runId: string }
      const { exitCode, stdout } = await here('inspect', result.runId, '--store', dir)
      expect(stdout).toMatch(/^failed failing \(run run-/u)
      expect(exitCode).toBe(0)
    })
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('lets go of the run at %s, and resume goes on with it', async (signal) => {
    await withStore(async (dir) => {
      const options = ['--export', 'endless', '--store', dir]
      const running = new RunningCli(['run', outcomes, '--run-id', 'e', ...options])
      await running.untilShown('work: working')
      running.signal(signal)
      const end = await running.ended
      expect(end.stdout).toMatch(/\ninterrupted endless in .*: 1 completed \(run e\)\n/u)
      expect(end.stderr).toContain(`heddle resume e ${outcomes} --store ${dir} --export endless`)
      expect(end.exitCode).toBe(130)

      const resumed = new RunningCli(['resume', 'e', outcomes, ...options])
      await resumed.untilShown('work: working')
      expect(resumed.stdout).toContain('goes on after event 8')
      expect(resumed.stdout).not.toContain('completed load')
      resumed.signal('SIGKILL')
      await resumed.ended
      expect(await documentOf('inspect', 'e', '--store', dir)).toMatchObject({
        status: 'running',
        counts: { completed: 1, running: 1 },
      })
    })
  })
})

describe('heddle resume', { timeout: 60_000 }, () => {
  it('answers one wait after the other, those of child runs too, and calls no handler twice', async () => {
    await withStore(async (dir) => {
      const calls = `${dir}-calls`
      vi.stubEnv('HEDDLE_TEST_CALLS', calls)
      await started(dir)
      const resume = ['resume', 'a', approvals, '--store', dir]
      const first = await here(...resume, '--wait', 'sign', '--payload', '"lawyer"')
      expect(first.exitCode).toBe(3)
      expect(first.stderr).not.toContain('"sign"')
      const second = await here(...resume, '--wait', 'budget:budget', '--payload', '"bank"')
      expect(second.stdout).toMatch(/\ncompleted approvals in .*: 4 completed \(run a\)\nbank, lawyer\n$/u)
      expect(second.exitCode).toBe(0)
      expect(await readFile(calls, 'utf8')).toBe('draft\npublish\n')
    })
  })

  it('answers waits of child runs that a handler invoked, by the ids that the run and its journal list', async () => {
    const module = `
      export const both = {
        blueprint: { id: 'both', nodes: [{ id: 'a', uses: 'a' }], edges: [] },
        registry: { a: ({ invoke }) => Promise.all([invoke('one', 'child'), invoke('two', 'child')]) },
        subflows: { child: { blueprint: { id: 'child', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }, registry: {} } },
      }`
    await withFiles({ 'both.mjs': module }, async (at) => {
      const inStore = [at('both.mjs'), '--store', at('store')]
      const { waits } = (await documentOf('run', ...inStore, '--run-id', 'r')) as { waits: { waitId: string }[] }
      const ids = ['ask:a+one/ask', 'ask:a+two/ask']
      expect(waits.map(({ waitId }) => waitId)).toEqual(ids)
      const { runs } = (await documentOf('runs', '--store', at('store'))) as { runs: { waits: string[] }[] }
      expect(runs[0]?.waits).toEqual(ids)
      const answers = ['--wait', 'ask:a+two/ask', '--payload', '2', '--answer', 'ask=1']
      expect(await documentOf('resume', 'r', ...inStore, ...answers)).toMatchObject({ outputs: { a: [1, 2] } })
    })
  })

  it('answers waits as they open with --answer', async () => {
    await withStore(async (dir) => {
      await started(dir)
      const answers = ['--answer', 'sign="l"', '--answer', 'budget="b"']
      const { exitCode, stdout } = await here('resume', 'a', approvals, '--store', dir, ...answers)
      expect(stdout).toMatch(/\nb, l\n$/u)
      expect(exitCode).toBe(0)
    })
  })

  it('refuses an answer that no wait asks for, and leaves the run as it was', async () => {
    await withStore(async (dir) => {
      await started(dir)
      const resume = ['resume', 'a', approvals, '--store', dir]
      const before = await documentOf('inspect', 'a', '--store', dir)
      const unknown = await here(...resume, '--wait', 'sing', '--payload', '1')
      expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('[WAIT_NOT_OPEN]')])
      expect(unknown.stderr).toContain('Open are "budget:budget", "sign:legal/sign".')
      const nameless = await here(...resume, '--payload', '1')
      expect([nameless.exitCode, nameless.stderr]).toEqual([2, expect.stringContaining('--wait')])
      const wordless = await here(...resume, '--wait', 'sign')
      expect([wordless.exitCode, wordless.stderr]).toEqual([2, expect.stringContaining('--payload')])
      expect(await documentOf('inspect', 'a', '--store', dir)).toEqual(before)

      await here(...resume, '--wait', 'sign', '--payload', 'null')
      const twice = await here(...resume, '--wait', 'sign', '--payload', 'null')
      expect([twice.exitCode, twice.stderr]).toEqual([2, expect.stringContaining('[WAIT_ANSWERED]')])
    })
  })

  it('refuses an answer that the schema refuses, and the wait stays open', async () => {
    const module = `
      const validate = (value) => (typeof value === 'number' ? { value } : { issues: [{ message: 'expected a number' }] })
      export const ask = {
        blueprint: { id: 'ask', nodes: [{ id: 'w', uses: 'wait' }], edges: [] },
        registry: {},
        waitSchemas: { w: { '~standard': { version: 1, vendor: 'test', validate } } },
      }`
    await withFiles({ 'ask.mjs': module }, async (at) => {
      const store = ['--store', at('store')]
      await here('run', at('ask.mjs'), '--run-id', 'a', ...store)
      const resume = ['resume', 'a', at('ask.mjs'), ...store, '--wait', 'w', '--payload']
      const refused = await here(...resume, '"no"')
      expect([refused.exitCode, refused.stderr]).toEqual([
        2,
        expect.stringMatching(/expected a number.*\[INVALID_PAYLOAD\]/u),
      ])
      expect((await here(...resume, '5')).exitCode).toBe(0)
    })
  })

  it('says that a run cannot move here, and leaves it in the store', async () => {
    await withStore(async (dir) => {
      const { exitCode, stdout, stderr } = await cli(
        'run',
        outcomes,
        '--export',
        'stuck',
        '--store',
        dir,
        '--run-id',
        's',
      )
      expect(stdout).toMatch(/\nstalled stuck in .*: 1 completed \(run s\)\n/u)
      expect(stderr).toContain('nothing is left in this process that could end "hang"')
      expect(stderr).toContain(`heddle resume s ${outcomes} --store ${dir} --export stuck`)
      expect(exitCode).toBe(1)
      expect(await documentOf('inspect', 's', '--store', dir)).toMatchObject({ status: 'running' })
    })
  })

  it('is refused for another definition than the one that the run began with', async () => {
    await withStore(async (dir) => {
      await started(dir)
      const { exitCode, stderr } = await here('resume', 'a', outcomes, '--export', 'odd', '--store', dir)
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('[DEFINITION_MISMATCH]')])
    })
  })
})

describe('heddle cancel', { timeout: 60_000 }, () => {
  it('ends the run with its child runs, and calls no handler', async () => {
    await withStore(async (dir) => {
      await started(dir)
      const { exitCode, stdout } = await here('cancel', 'a', approvals, '--store', dir, '--reason', 'changed my mind')
      expect([exitCode, stdout]).toEqual([0, 'cancelled run a\n'])
      const run = (await documentOf('inspect', 'a', '--store', dir)) as Pick<InspectedRun, 'events'>
      expect(run).toMatchObject({ status: 'cancelled', outputs: { draft: 'draft of x' }, waits: [] })
      expect(run.events.at(-1)).toMatchObject({ type: 'run.cancelled', reason: 'changed my mind' })
      const { runs } = (await documentOf('runs', '--store', dir, '--all')) as { runs: { status: string }[] }
      expect(runs.map(({ status }) => status)).toEqual(['cancelled', 'cancelled'])
    })
  })

  it('leaves a run that has ended as it is, and says so', async () => {
    await withStore(async (dir) => {
      const run = [outcomes, '--export', 'odd', '--store', dir]
      await here('run', ...run, '--run-id', 'o')
      const { exitCode, stderr } = await here('cancel', 'o', ...run)
      expect([exitCode, stderr]).toEqual([1, 'warning: run o had ended before: it is completed.\n'])
    })
  })
})
