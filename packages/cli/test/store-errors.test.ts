import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { FileStore } from '@heddle/core/node'
import { describe, expect, it } from 'vitest'
import { RunningCli } from './run-cli.ts'
import { documentOf, fixtureFile, here, withStore } from './store-folder.ts'

const approvals = fixtureFile('approvals.mjs')
const outcomes = fixtureFile('outcomes.mjs')

const started = (dir: string, runId = 'a'): ReturnType<typeof here> =>
  here('run', approvals, '--store', dir, '--run-id', runId, '--input', '"x"')

const journalOf = (dir: string, runId: string): string => path.join(dir, 'runs', runId, 'journal.log')

describe('a store that another process writes to', { timeout: 60_000 }, () => {
  it('is refused to whoever would write, with exit code 2, and shown to whoever reads', async () => {
    await withStore(async (dir) => {
      const options = ['--export', 'endless', '--store', dir]
      const running = new RunningCli(['run', outcomes, '--run-id', 'e', ...options])
      await running.untilShown('work: working')
      const writers = [
        await here('run', outcomes, '--run-id', 'f', ...options),
        await here('resume', 'e', outcomes, ...options),
        await here('cancel', 'e', outcomes, ...options),
      ]
      for (const { exitCode, stderr } of writers) {
        expect(stderr).toMatch(/^error: the store in .* is in use by process \d+ .* \[STORE_LOCKED\]\n$/u)
        expect(exitCode).toBe(2)
      }
      const readers = [
        await here('runs', '--store', dir),
        await here('inspect', 'e', '--store', dir),
        await here('export', 'e', '--store', dir),
        await here('diff', 'e', 'e', '--store', dir),
      ]
      expect(readers.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0])
      expect(await documentOf('inspect', 'e', '--store', dir)).toMatchObject({ status: 'running', seq: 7 })

      running.signal('SIGKILL')
      await running.ended
      const { exitCode } = await here('cancel', 'e', outcomes, ...options)
      expect(exitCode).toBe(0)
    })
  })
})

describe('a store that is damaged', () => {
  it('of a newer format is refused to every command, and stays as it is', async () => {
    await withStore(async (dir) => {
      await started(dir)
      const format = path.join(dir, 'store.json')
      await writeFile(format, '{"format":99}\n')
      const ends = [
        await here('runs', '--store', dir),
        await here('inspect', 'a', '--store', dir),
        await here('resume', 'a', approvals, '--store', dir),
        await started(dir, 'b'),
      ]
      for (const { exitCode, stderr } of ends) {
        expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^error: .* has format 99.*\[STORE_FORMAT\]\n$/u)])
      }
      expect(await readFile(format, 'utf8')).toBe('{"format":99}\n')
    })
  })

  it('by a crash within an append is mended when the run goes on, and says what was cut off', async () => {
    await withStore(async (dir) => {
      await started(dir)
      const journal = journalOf(dir, 'a')
      await appendFile(journal, '{"torn')
      expect(await documentOf('inspect', 'a', '--store', dir)).toMatchObject({ status: 'awaiting' })
      const { exitCode, stdout, stderr } = await here('resume', 'a', approvals, '--store', dir)
      expect(stderr).toMatch(/^warning: the journal of run "a" ended in an append .* its last 6 bytes were cut off/u)
      expect(`${stdout}${stderr}`.match(/cut off/gu)).toHaveLength(1)
      expect(exitCode).toBe(3)
      expect((await here('resume', 'a', approvals, '--store', dir)).stderr).not.toContain('cut off')
    })
  })

  it('by a lost end goes on from the last entry that is whole', async () => {
    await withStore(async (dir) => {
      await started(dir)
      const journal = journalOf(dir, 'a')
      const { length } = await readFile(journal)
      await truncate(journal, length - 20)
      const { exitCode, stdout, stderr } = await here('resume', 'a', approvals, '--store', dir)
      expect(stderr).toContain('were cut off')
      expect(stdout).toMatch(/\nawaiting approvals in /u)
      expect(exitCode).toBe(3)
    })
  })

  it('within a journal is told with the run and the place, and does not hide the other runs', async () => {
    await withStore(async (dir) => {
      await started(dir)
      await here('run', approvals, '--export', 'pair', '--store', dir, '--run-id', 'fine')
      const journal = journalOf(dir, 'a')
      const text = await readFile(journal, 'utf8')
      await writeFile(journal, text.replace('"draft', '"drift'))
      const resumed = await here('resume', 'a', approvals, '--store', dir)
      expect(resumed.stderr).toMatch(
        /^error: the journal of run "a" is damaged in .* at byte \d+.*\[JOURNAL_CORRUPT\]\n$/u,
      )
      expect(resumed.exitCode).toBe(2)
      const looked = await here('inspect', 'a', '--store', dir)
      expect([looked.exitCode, looked.stdout]).toEqual([2, ''])
      const listed = await here('runs', '--store', dir)
      expect(listed.stdout).toMatch(/^fine +pair +completed/mu)
    })
  })

  it('in the beginning of a journal is told after the runs that can be read', async () => {
    await withStore(async (dir) => {
      await started(dir)
      await here('run', approvals, '--export', 'pair', '--store', dir, '--run-id', 'fine')
      const journal = journalOf(dir, 'a')
      const text = await readFile(journal, 'utf8')
      await writeFile(journal, text.replace('"runId"', '"runAd"'))
      const { exitCode, stdout, stderr } = await here('runs', '--store', dir)
      expect(stdout).toMatch(/^fine +pair +completed/mu)
      expect(stderr).toContain('[JOURNAL_CORRUPT]')
      expect(exitCode).toBe(2)
      expect(await documentOf('runs', '--store', dir)).toMatchObject({ runs: [{ runId: 'fine' }], damaged: ['a'] })
    })
  })
})

describe('a journal that is damaged in its middle alone', () => {
  it('is named, and hides no run that comes after it in the list', async () => {
    await withStore(async (dir) => {
      for (const runId of ['a', 'z']) {
        await here('run', approvals, '--export', 'pair', '--store', dir, '--run-id', runId)
      }
      const store = new FileStore({ dir, fsync: 'always' })
      const journal = await store.create('m')
      const visit = { nodeId: 'n', iteration: [], attempt: 1 }
      await journal.append([{ seq: 1, at: 1, fact: { type: 'run.started', workflowId: 'w', definitionHash: 'h' } }])
      await journal.append([{ seq: 2, at: 2, fact: { type: 'node.started', ...visit, padding: 'x'.repeat(200_000) } }])
      await journal.append([{ seq: 3, at: 3, fact: { type: 'node.ready', ...visit } }])
      await store.close()
      const file = journalOf(dir, 'm')
      await writeFile(file, (await readFile(file, 'utf8')).replace('xxx', 'xyx'))

      const { exitCode, stdout, stderr } = await here('runs', '--store', dir)
      expect(stdout).toMatch(/^a +pair +completed/mu)
      expect(stdout).toMatch(/^z +pair +completed/mu)
      expect(stderr).toMatch(/^error: the journal of run "m" is damaged in .* at byte \d+.*\[JOURNAL_CORRUPT\]\n$/u)
      expect(exitCode).toBe(2)
      const { runs, damaged } = (await documentOf('runs', '--store', dir)) as { runs: object[]; damaged: string[] }
      expect([runs.length, damaged]).toEqual([2, ['m']])
    })
  })
})

describe('a store that cannot be written', () => {
  it('fails the command with exit code 1, and without a stack', async () => {
    await withStore(async (dir) => {
      await started(dir)
      const { exitCode, stderr } = await here('run', approvals, '--store', `${dir}/store.json/inside`, '--input', '"x"')
      expect(stderr).toMatch(/^error: .*\[STORE_UNAVAILABLE\]\n$/u)
      expect(exitCode).toBe(1)
    })
  })
})
