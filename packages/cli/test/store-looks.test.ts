import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { ListedRun } from '../src/store/list-runs.ts'
import { documentOf, fixtureFile, here, withStore } from './store-folder.ts'

const approvals = fixtureFile('approvals.mjs')

const runPair = (dir: string, runId: string, input: string): ReturnType<typeof here> =>
  here('run', approvals, '--export', 'pair', '--store', dir, '--run-id', runId, '--input', JSON.stringify(input))

/** A store with a run that waits, in a child run too, and one that ended. */
async function twoRuns(dir: string): Promise<void> {
  await here('run', approvals, '--store', dir, '--run-id', 'waits', '--input', '"x"')
  await runPair(dir, 'ended', 'y')
}

/** How many events the journal of a run has. */
async function lengthOf(runId: string, dir: string): Promise<string> {
  const { lastSeq } = (await documentOf('inspect', runId, '--store', dir)) as { lastSeq: number }
  return String(lastSeq)
}

describe('heddle runs', () => {
  it('lists the runs, the newest first, with where they stand and what they wait for', async () => {
    await withStore(async (dir) => {
      await twoRuns(dir)
      const { exitCode, stdout } = await here('runs', '--store', dir)
      const lines = stdout.split('\n')
      expect(lines[0]).toMatch(/^RUN +WORKFLOW +STATUS +STARTED +LAST EVENT +WAITS$/u)
      expect(lines[1]).toMatch(/^ended +pair +completed +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\S.* ago$/u)
      expect(lines[2]).toMatch(/^waits +approvals +awaiting .* ago +budget:budget sign:legal\/sign$/u)
      expect(lines[3]).toBe('')
      expect(exitCode).toBe(0)
    })
  })

  it('lists child runs with --all, and everything as data with --json', async () => {
    await withStore(async (dir) => {
      await twoRuns(dir)
      const { runs } = (await documentOf('runs', '--store', dir, '--all')) as { runs: readonly ListedRun[] }
      expect(runs).toHaveLength(3)
      expect(runs.find(({ workflowId }) => workflowId === 'legal')).toMatchObject({
        parentRunId: 'waits',
        waits: ['sign:sign'],
      })
      expect(runs.find(({ runId }) => runId === 'ended')).toMatchObject({ lastEvent: { type: 'run.completed' } })
    })
  })

  it('says that there are none, or that there is no such folder', async () => {
    await withStore(async (dir) => {
      const missing = await here('runs', '--store', dir)
      expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('does not exist (looked in ')])
      await twoRuns(dir)
      const file = await here('runs', '--store', `${dir}/store.json`)
      expect([file.exitCode, file.stderr]).toEqual([2, expect.stringContaining('is a file')])
    })
  })
})

describe('heddle inspect', () => {
  it('shows where a run stands: visits, outputs, shared values, waits and the last events', async () => {
    await withStore(async (dir) => {
      await twoRuns(dir)
      const { exitCode, stdout } = await here('inspect', 'waits', approvals, '--store', dir)
      expect(stdout).toMatch(/^awaiting approvals \(run waits\)\n/u)
      expect(stdout).toContain('\n  visits: 1 completed, 2 waiting\n')
      expect(stdout).toContain('\n    draft: "draft of x"\n')
      expect(stdout).toContain('\n    votes: 2\n')
      expect(stdout).toContain('\n    waits for "sign" at legal/sign\n')
      expect(stdout).toMatch(/\n {2}> \d+ \d\d:\d\d:\d\d\.\d{3} run\.awaiting +budget:budget sign:legal\/sign\n$/u)
      expect(exitCode).toBe(0)
    })
  })

  it('shows the child runs of a fork as its own, and not those of the run that it was forked from', async () => {
    await withStore(async (dir) => {
      await twoRuns(dir)
      const at = await lengthOf('waits', dir)
      await here('fork', 'waits', approvals, '--at', at, '--store', dir, '--run-id', 'f')
      const source = (await documentOf('inspect', 'waits', '--store', dir)) as { children: readonly string[] }
      const fork = (await documentOf('inspect', 'f', '--store', dir)) as { children: readonly string[] }
      expect([source.children, fork.children]).toEqual([[expect.any(String)], [expect.any(String)]])
      expect(fork.children).not.toEqual(source.children)
      expect(fork).toMatchObject({ waits: [{ name: 'budget' }, { name: 'sign' }] })
    })
  })

  it('shows where it stood after any of its events', async () => {
    await withStore(async (dir) => {
      await twoRuns(dir)
      const { lastSeq } = (await documentOf('inspect', 'ended', '--store', dir)) as { lastSeq: number }
      const seen: unknown[] = []
      for (let at = 1; at <= lastSeq; at++) {
        const { status, counts, seq } = (await documentOf('inspect', 'ended', '--store', dir, '--at', `${at}`)) as {
          readonly status: string
          readonly counts: Readonly<Record<string, number>>
          readonly seq: number
        }
        expect(seq).toBe(at)
        seen.push(`${status} ${counts['completed'] ?? 0}`)
      }
      expect([...new Set(seen)]).toEqual(['running 0', 'running 1', 'running 2', 'completed 2'])
    })
  })

  it('refuses a place that the run does not have', async () => {
    await withStore(async (dir) => {
      await twoRuns(dir)
      const late = await here('inspect', 'ended', '--store', dir, '--at', '1000')
      expect([late.exitCode, late.stderr]).toEqual([2, expect.stringMatching(/numbered from 1 to \d+\./u)])
      const wrong = await here('inspect', 'ended', '--store', dir, '--at', 'soon')
      expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('--at is "soon"')])
      const other = await here('inspect', 'other', '--store', dir)
      expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining('[UNKNOWN_RUN]')])
    })
  })
})

describe('heddle explain', () => {
  it('names everything that a run waits for, in its child runs too', async () => {
    await withStore(async (dir) => {
      await twoRuns(dir)
      const { exitCode, stdout } = await here('explain', 'waits', approvals, '--store', dir)
      expect(stdout).toMatch(/^run waits is awaiting:\n/u)
      expect(stdout).toMatch(
        /\n {2}"legal" waits for child run "[0-9a-f]+":\n {4}wait "sign" \(sign:sign\) is open since /u,
      )
      expect(stdout).toMatch(/\n {2}wait "budget" \(budget:budget\) is open since /u)
      expect(exitCode).toBe(0)
      const ended = await here('explain', 'ended', approvals, '--export', 'pair', '--store', dir)
      expect(ended.stdout).toMatch(/^run ended is completed\n {2}it has completed at /u)
      expect(await documentOf('explain', 'waits', approvals, '--store', dir)).toMatchObject({
        runId: 'waits',
        status: 'awaiting',
        reasons: [{ type: 'child' }, { type: 'wait', name: 'budget' }],
      })
    })
  })
})

describe('heddle diff', () => {
  it('tells what differs between two runs, with the exit code too', async () => {
    await withStore(async (dir) => {
      await runPair(dir, 'a', 'x')
      await runPair(dir, 'b', 'x')
      await runPair(dir, 'c', 'z')
      const same = await here('diff', 'a', 'b', '--store', dir)
      expect([same.exitCode, same.stdout]).toEqual([0, expect.stringMatching(/^same a → b/u)])
      const other = await here('diff', 'a', 'c', '--store', dir)
      expect(other.stdout).toMatch(/^differ a → c\n {2}outputs:\n {4}first: "draft of x" → "draft of z"\n/u)
      expect(other.exitCode).toBe(1)
      expect(await documentOf('diff', 'a', 'c', '--store', dir)).toMatchObject({
        a: 'a',
        b: 'c',
        visits: {},
        outputs: { first: { a: 'draft of x', b: 'draft of z' } },
      })
    })
  })
})

describe('heddle export and import', () => {
  it('take a run with its child runs to another store, where it goes on', async () => {
    await withStore((dir) =>
      withStore(async (other) => {
        await twoRuns(dir)
        const file = `${dir}/run.json`
        const written = await here('export', 'waits', '--store', dir, '--out', file)
        expect([written.exitCode, written.stderr]).toEqual([0, expect.stringContaining('with 1 child run')])
        const printed = await here('export', 'waits', '--store', dir)
        expect(printed.stdout).toBe(await readFile(file, 'utf8'))

        const taken = await here('import', file, '--store', other)
        expect([taken.exitCode, taken.stdout]).toEqual([0, `run waits is in ${other}\n`])
        const answers = ['--answer', 'sign=1', '--answer', 'budget=2']
        const { exitCode, stdout } = await here('resume', 'waits', approvals, '--store', other, ...answers)
        expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/\n2, 1\n$/u)])

        const twice = await here('import', file, '--store', other)
        expect([twice.exitCode, twice.stderr]).toEqual([2, expect.stringContaining('[RUN_CONFLICT]')])
        const renamed = await here('import', file, '--store', other, '--run-id', 'again')
        expect([renamed.exitCode, renamed.stdout]).toEqual([0, `run again is in ${other}\n`])
        // The child run of the other one was answered.
        const copied = await here('resume', 'again', approvals, '--store', other, '--wait', 'sign', '--payload', '3')
        expect([copied.exitCode, copied.stderr]).toEqual([3, expect.stringContaining('--wait budget')])
      }),
    )
  })

  it('refuse what is no export', async () => {
    await withStore(async (dir) => {
      await twoRuns(dir)
      const file = `${dir}/wrong.json`
      await writeFile(file, '{"nodes":[]}')
      const { exitCode, stderr } = await here('import', file, '--store', dir)
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('it is no export of a run')])
      expect(stderr).toContain(`FILE "${file}"`)
    })
  })
})
