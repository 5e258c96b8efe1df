import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { cli, withFiles } from './run-cli.ts'
import { documentOf, fixtureFile, here, withStore } from './store-folder.ts'

const approvals = fixtureFile('approvals.mjs')

afterEach(() => {
  vi.unstubAllEnvs()
})

/** The number of the event with which a node completed. */
async function completionOf(nodeId: string, runId: string, dir: string): Promise<string> {
  const { stdout } = await here('export', runId, '--store', dir)
  const { entries } = JSON.parse(stdout) as { entries: { seq: number; fact: { type: string; nodeId?: string } }[] }
  const found = entries.find(({ fact }) => fact.type === 'node.completed' && fact.nodeId === nodeId)
  return String(found?.seq)
}

/** Runs a test with a store, and the names of the handlers that were called. */
const withCalls = (test: (dir: string, calls: () => Promise<string[]>) => Promise<void>): Promise<void> =>
  withStore(async (dir) => {
    const file = path.join(path.dirname(dir), 'calls')
    vi.stubEnv('HEDDLE_TEST_CALLS', file)
    await test(dir, async () => (await readFile(file, 'utf8')).trim().split('\n'))
  })

describe('heddle fork', { timeout: 60_000 }, () => {
  it('begins a run where another one stood, with other outputs and shared values, and leaves that one as it was', async () => {
    await withCalls(async (dir, calls) => {
      await here('run', approvals, '--store', dir, '--run-id', 'a', '--input', '"x"')
      const at = await completionOf('draft', 'a', dir)
      const changes = ['--set-output', 'draft="another draft"', '--set', 'votes=9']
      const fork = await here('fork', 'a', approvals, '--at', at, '--store', dir, '--run-id', 'b', ...changes)
      expect(fork.stdout).toContain(`run b goes on after event ${at}`)
      expect(fork.stderr).toContain(`heddle resume b ${approvals} --store ${dir} --wait budget`)
      expect(fork.exitCode).toBe(3)
      const answers = ['--answer', 'budget="yes"', '--answer', 'sign="signed"']
      const ended = await documentOf('resume', 'b', approvals, '--store', dir, ...answers)
      expect(ended).toMatchObject({ status: 'completed', outputs: { draft: 'another draft' }, context: { votes: 9 } })
      expect(await calls()).toEqual(['draft', 'publish'])
      expect(await documentOf('inspect', 'a', '--store', dir)).toMatchObject({
        status: 'awaiting',
        outputs: { draft: 'draft of x' },
      })
    })
  })

  it('names the fork after the run and the event, and calls no handler again for what is recorded', async () => {
    await withCalls(async (dir, calls) => {
      const pair = [approvals, '--export', 'pair', '--store', dir]
      await here('run', ...pair, '--run-id', 'p', '--input', '"y"')
      const fork = await here('fork', 'p', ...pair, '--at', '2', '--recorded')
      expect([fork.exitCode, fork.stderr]).toEqual([0, ''])
      expect(await calls()).toEqual(['draft', 'publish'])
      expect((await here('diff', 'p', 'p-fork-2', '--store', dir)).exitCode).toBe(0)
      const again = await here('fork', 'p', ...pair, '--at', '2')
      expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('RUN_CONFLICT')])
    })
  })

  it('shows the nodes of the fork as its own, and counts those that had completed before', async () => {
    await withCalls(async (dir) => {
      const pair = [approvals, '--export', 'pair', '--store', dir]
      await here('run', ...pair, '--run-id', 'p', '--input', '"y"')
      const at = await completionOf('first', 'p', dir)
      const { stdout } = await here('fork', 'p', ...pair, '--at', at, '--run-id', 'f')
      const shown =
        /^run f goes on after event (\d+)\ncompleted second \S+ \w+\ncompleted pair in .*: 2 completed \(run f\)\n/u
      expect(shown.exec(stdout)?.[1]).toBe(at)
    })
  })

  it('refuses events, nodes and values that there are not', async () => {
    await withStore(async (dir) => {
      await here('run', approvals, '--store', dir, '--run-id', 'a')
      const refused = async (...args: readonly string[]): Promise<string> => {
        const { exitCode, stderr } = await here('fork', 'a', approvals, '--store', dir, ...args)
        expect(exitCode).toBe(2)
        return stderr
      }
      expect(await refused('--at', '999')).toContain('run "a" has no event 999')
      expect(await refused('--at', 'one')).toContain('--at is "one"')
      expect(await refused('--at', '2', '--set', 'votes')).toContain('--set "votes" is not of the form NAME=JSON')
      expect(await refused('--at', '2', '--set-output', 'draft=x')).toContain(
        'The value of --set-output draft is not JSON',
      )
      expect(await refused('--at', '2', '--set-output', 'draft="x"')).toContain(
        'node "draft" of run "a" had not completed',
      )
      expect((await here('fork', 'b', approvals, '--store', dir, '--at', '1')).stderr).toContain('UNKNOWN_RUN')
      expect(await documentOf('runs', '--store', dir)).toMatchObject({ runs: [{ runId: 'a' }] })
    })
  })

  it('is a command of its own', async () => {
    const { stdout, exitCode } = await cli('fork', '--help')
    expect(stdout).toContain('--set-output <node=json>')
    expect(exitCode).toBe(0)
  })
})

describe('heddle resume --migrate', { timeout: 60_000 }, () => {
  const before = {
    id: 'paper',
    nodes: [
      { id: 'draft', uses: 'draft' },
      { id: 'ask', uses: 'wait', params: { name: 'approval' } },
    ],
    edges: [{ source: 'draft', target: 'ask' }],
  }
  const after = {
    id: 'paper',
    nodes: [
      { id: 'text', uses: 'draft' },
      { id: 'approve', uses: 'wait', params: { name: 'approval' } },
      { id: 'print', uses: 'publish' },
    ],
    edges: [
      { source: 'text', target: 'approve' },
      { source: 'approve', target: 'print' },
    ],
  }
  const files = {
    'before.json': JSON.stringify(before),
    'after.json': JSON.stringify(after),
    'map.json': '{ "draft": "text", "ask": "approve" }',
  }

  it('goes on with a changed definition, whose nodes may have other names, and answers a wait in it', async () => {
    await withFiles(files, async (at) => {
      const inStore = ['--registry', approvals, '--store', at('store')]
      const [old, renamed] = [at('before.json'), at('after.json')]
      await here('run', old, '--run-id', 'r', '--input', '"x"', ...inStore)
      const refused = await here('resume', 'r', renamed, ...inStore)
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('DEFINITION_MISMATCH')])
      const lost = await here('resume', 'r', renamed, '--migrate', '{"draft":"text"}', ...inStore)
      expect([lost.exitCode, lost.stderr]).toEqual([2, expect.stringContaining('MIGRATION_REFUSED')])
      const map = `@${at('map.json')}`
      const answer = ['--wait', 'approval', '--payload', '"fine"']
      const result = await documentOf('resume', 'r', renamed, '--migrate', map, ...answer, ...inStore)
      expect(result).toMatchObject({ status: 'completed', output: 'fine', outputs: { text: 'draft of x' } })
    })
  })

  it('is looked at by the names that its nodes have now, and before it by those that they had', async () => {
    await withFiles(files, async (at) => {
      const inStore = ['--registry', approvals, '--store', at('store')]
      const renamed = at('after.json')
      await here('run', at('before.json'), '--run-id', 'r', '--input', '"x"', ...inStore)
      const { lastSeq } = (await documentOf('inspect', 'r', '--store', at('store'))) as { lastSeq: number }
      await here('resume', 'r', renamed, '--migrate', `@${at('map.json')}`, ...inStore)
      const now = (await documentOf('inspect', 'r', '--store', at('store'))) as { events: { nodeId?: string }[] }
      expect(now).toMatchObject({
        status: 'awaiting',
        outputs: { text: 'draft of x' },
        visits: { text: 'completed', approve: 'waiting' },
        waits: [{ waitId: 'approval:approve', nodeId: 'approve' }],
      })
      expect(now.events.filter(({ nodeId }) => nodeId === 'ask' || nodeId === 'draft')).toEqual([])
      const then = await documentOf('inspect', 'r', '--store', at('store'), '--at', String(lastSeq))
      expect(then).toMatchObject({ outputs: { draft: 'draft of x' }, visits: { draft: 'completed', ask: 'waiting' } })
      const answered = await documentOf('resume', 'r', renamed, '--wait', 'approval', '--payload', '1', ...inStore)
      expect(answered).toMatchObject({ status: 'completed' })
    })
  })

  it('cancels a run whose definition has changed, of which a cancel without it tells the way out', async () => {
    await withFiles(files, async (at) => {
      const inStore = ['--registry', approvals, '--store', at('store')]
      const [old, renamed] = [at('before.json'), at('after.json')]
      await here('run', old, '--run-id', 'r', '--input', '"x"', ...inStore)
      const refused = await here('cancel', 'r', renamed, ...inStore)
      expect(refused.exitCode).toBe(2)
      expect(refused.stderr).toMatch(/began with another definition .* heddle cancel r .* --migrate '?\{\}'?/u)
      expect(refused.stderr).toContain('[DEFINITION_MISMATCH]')
      const lost = await here('cancel', 'r', renamed, '--migrate', '{"draft":"text"}', ...inStore)
      expect([lost.exitCode, lost.stderr]).toEqual([2, expect.stringContaining('MIGRATION_REFUSED')])

      const { exitCode, stdout } = await here('cancel', 'r', renamed, '--migrate', `@${at('map.json')}`, ...inStore)
      expect([exitCode, stdout]).toEqual([0, 'cancelled run r\n'])
      const { visits } = (await documentOf('inspect', 'r', '--store', at('store'))) as { visits: unknown }
      expect(visits).toMatchObject({ approve: 'cancelled', print: 'skipped' })
    })
  })

  it('refuses what is no map of ids', async () => {
    for (const map of ['[]', '{"a":1}', '"a"', 'null']) {
      const { exitCode, stderr } = await here('resume', 'r', approvals, '--store', 'none', '--migrate', map)
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--migrate must be a record of new node ids')])
    }
  })
})
