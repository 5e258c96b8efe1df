import { existsSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cli, cliTo, fixture, RunningCli, withFiles } from './run-cli.ts'

const greeting = [fixture('greet.json'), '--registry', fixture('greet-handlers.mjs')]
const article = '{"title":"Looms","pages":3}'

describe('heddle run', { timeout: 60_000 }, () => {
  it('writes a line for each node, then the output, and ends with 0', async () => {
    const { exitCode, stdout, stderr } = await cli('run', ...greeting, '--input', '"Ada"', '--run-id', 'greeting-1')
    expect(stdout).toMatch(/^completed greet .*\ncompleted grade .*action loud\n/u)
    expect(stdout).toMatch(/\nskipped {3}whisper not chosen\n/u)
    expect(stdout).toMatch(/\ncompleted greet in .*: 4 completed, 1 skipped \(run greeting-1\)\nHELLO ADA!\n$/u)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  it('runs a TypeScript workflow, answers its wait and writes one JSON document', async () => {
    const { exitCode, stdout, stderr } = await cli(
      'run',
      fixture('review.ts'),
      '--input',
      article,
      '--answer',
      'approval={"by":"maria"}',
      '--json',
    )
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'completed',
      output: 'published by maria',
      outputs: { read: ['page 1', 'page 2', 'page 3'], score: 3 },
      errors: [],
    })
    expect(stderr).toContain('retrying  score')
    expect(exitCode).toBe(0)
  })

  it('ends with 3 at a wait, names it and says how to answer it', async () => {
    const { exitCode, stdout, stderr } = await cli('run', fixture('review.ts'), '--input', article)
    expect(stdout).toMatch(/\nawaiting review in /u)
    expect(stderr).toContain('waits for "approval" at approval')
    expect(stderr).toContain(`heddle run test/fixtures/review.ts --input '${article}' --answer approval=JSON`)
    expect(exitCode).toBe(3)
  })

  it('ends with 1 when the run fails, and shows where and why', async () => {
    const { exitCode, stdout } = await cli('run', fixture('outcomes.mjs'), '--export', 'failing')
    expect(stdout).toMatch(/failed {4}score .*: TypeError: rows\.map is not a function\n/u)
    expect(stdout).toMatch(/outcomes\.mjs:\d+/u)
    expect(stdout).toContain('caused by Error: the table is empty')
    expect(stdout).toContain('load: {"rows":3}')
    expect(exitCode).toBe(1)
  })

  it('keeps errors as data in the document of a failed run', async () => {
    const { exitCode, stdout } = await cli('run', fixture('outcomes.mjs'), '--export', 'failing', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'failed',
      outputs: { load: { rows: 3 } },
      skipped: ['save'],
      errors: [{ code: 'NODE_FAILED', details: { nodeId: 'score' }, cause: { name: 'TypeError' } }],
    })
    expect(exitCode).toBe(1)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 4],
  ] as const)('cancels the run at %s, shows its partial result and ends with %i', async (signal, exitCode) => {
    const running = new RunningCli(['run', fixture('outcomes.mjs'), '--export', 'endless'])
    await running.untilShown('completed load')
    running.signal(signal)
    const end = await running.ended
    expect(end.stdout).toContain('cleaned up')
    expect(end.stdout).toMatch(/load: \{"rows":3\}\ncancelled endless in /u)
    expect(end.exitCode).toBe(exitCode)
  })

  it('gives the document of an interrupted run', async () => {
    const running = new RunningCli(['run', fixture('outcomes.mjs'), '--export', 'slow', '--deadline', '1h', '--json'])
    await running.untilShown('working')
    running.signal('SIGINT')
    const { exitCode, stdout } = await running.ended
    expect(JSON.parse(stdout)).toMatchObject({ status: 'cancelled', cancelled: ['work'] })
    expect(exitCode).toBe(130)
  })

  it('says that a run cannot move rather than ending as if nothing were wrong', async () => {
    const { exitCode, stdout, stderr } = await cli('run', fixture('outcomes.mjs'), '--export', 'stuck')
    expect(stdout).toContain('stalled stuck in ')
    expect(stderr).toContain('nothing is left in this process that could end "hang"')
    expect(exitCode).toBe(1)
  })

  it('keeps what handlers print out of the document, and any value in it', async () => {
    const { exitCode, stdout, stderr } = await cli('run', fixture('outcomes.mjs'), '--export', 'odd', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      output: { big: '12', at: '1970-01-01T00:00:00.000Z', map: { a: 1 }, text: '\u001B[2J' },
    })
    expect(stderr).toMatch(/printed by a handler\n[^]*logged by a handler \{"rows":3\}/u)
    expect(exitCode).toBe(0)
  })

  it('writes nothing that a terminal obeys', async () => {
    const ends = await Promise.all([
      cli('run', fixture('outcomes.mjs'), '--export', 'odd'),
      cli('run', fixture('outcomes.mjs'), '--export', 'failing'),
      cli('run', ...greeting, '--run-id', '\u001B[31mred'),
      cli('run', '--\u001B[31mred', '\u001B[2J'),
    ])
    for (const { stdout, stderr } of ends) expect(stdout + stderr).not.toMatch(/(?!\n)\p{Cc}/u)
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 1, 2, 2])
  })

  it('recognises what route() of another copy of the engine made', async () => {
    const module = `
      class NodeResult { constructor(output, action) { this.output = output; this.action = action; this.expansion = undefined } }
      Object.defineProperty(NodeResult.prototype, Symbol.for('@heddle/core/node-result'), { value: true })
      export const choice = {
        id: 'choice',
        nodes: [{ id: 'choose', uses: 'choose' }, { id: 'left', uses: 'say' }, { id: 'right', uses: 'say' }],
        edges: [{ source: 'choose', target: 'left', action: 'left' }, { source: 'choose', target: 'right', action: 'right' }],
      }
      export const registry = { choose: () => new NodeResult('way', 'right'), say: ({ input, nodeId }) => nodeId + ' ' + input }`
    const { stdout } = await withFiles({ 'choice.mjs': module }, (at) => cli('run', at('choice.mjs'), '--json'))
    expect(JSON.parse(stdout)).toMatchObject({ outputs: { right: 'right way' }, skipped: ['left'] })
  })

  it('ends a run whose code loses an error, and keeps what it produced', async () => {
    const module = `
      export const lossy = { id: 'lossy', nodes: [{ id: 'a', uses: 'a' }, { id: 'b', uses: 'b' }], edges: [{ source: 'a', target: 'b' }] }
      export const registry = {
        a: () => 1,
        b: () => { void Promise.reject(new Error('lost')); return new Promise((resolve) => setTimeout(resolve, 60_000)) },
      }`
    const { exitCode, stdout } = await withFiles({ 'lossy.mjs': module }, (at) => cli('run', at('lossy.mjs')))
    expect(stdout).toContain('error: nothing caught this error, which ends the run: Error: lost')
    expect(stdout).toContain('a: 1')
    expect(exitCode).toBe(1)
  })

  it.each(['.ts', '.mts', '.cts'])('runs TypeScript in a %s file where packages are CommonJS', async (extension) => {
    const module = `
      enum Greeting { Hello = 'hello' }
      export const flow = { id: 'flow', nodes: [{ id: 'a', uses: 'a' }], edges: [] } as const
      export const registry: Record<string, () => string> = { a: () => Greeting.Hello }`
    const files = { 'package.json': '{ "type": "commonjs" }', [`flow${extension}`]: module }
    const { exitCode, stdout } = await withFiles(files, (at) => cli('run', at(`flow${extension}`)))
    expect(stdout).toMatch(/\nhello\n$/u)
    expect(exitCode).toBe(0)
  })

  it('does not end with 0 when a module never finishes loading', async () => {
    const { exitCode, stderr } = await withFiles({ 'hang.mjs': 'await new Promise(() => {})' }, (at) =>
      cli('run', at('hang.mjs')),
    )
    expect(stderr).toContain('a promise that never settles')
    expect(exitCode).toBe(1)
  })

  it('tells of an answer that nothing asked for', async () => {
    const { exitCode, stderr } = await cli('run', fixture('review.ts'), '--input', article, '--answer', 'aproval=1')
    expect(stderr).toContain('--answer aproval was not needed')
    expect(exitCode).toBe(3)
  })

  it('answers waits of child runs by name and by id, and names those that are left', async () => {
    const module = `
      const sub = (id) => ({ id, uses: 'subflow', params: { blueprintId: 'child' } })
      export const both = {
        blueprint: { id: 'both', nodes: [sub('one'), sub('two'), sub('three')], edges: [] },
        registry: {},
        subflows: { child: { blueprint: { id: 'child', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }, registry: {} } },
      }`
    const answer = (text: string): readonly string[] => ['--answer', text]
    await withFiles({ 'both.mjs': module }, async (at) => {
      const all = await cli('run', at('both.mjs'), ...answer('ask:two/ask=2'), ...answer('ask=1'), ...answer('ask=3'))
      expect(all.stdout).toMatch(/"one": 1,\s+"two": 2,\s+"three": 3/u)
      expect(all.exitCode).toBe(0)
      const rest = await cli('run', at('both.mjs'), ...answer('ask:two/ask=2'))
      expect(rest.stderr).toContain('waits for "ask" at three/ask')
      expect(rest.stderr).toContain('--answer ask:one/ask=JSON --answer ask:three/ask=JSON')
      expect(rest.exitCode).toBe(3)
    })
  })

  it('keeps the run awaiting when an answer is refused, and says why', async () => {
    const module = `
      const validate = (value) => (typeof value === 'number' ? { value } : { issues: [{ message: 'expected a number' }] })
      export const ask = {
        blueprint: { id: 'ask', nodes: [{ id: 'w', uses: 'wait' }], edges: [] },
        registry: {},
        waitSchemas: { w: { '~standard': { version: 1, vendor: 'test', validate } } },
      }`
    const { exitCode, stdout, stderr } = await withFiles({ 'ask.mjs': module }, (at) =>
      cli('run', at('ask.mjs'), '--answer', 'w="no"', '--json'),
    )
    expect(JSON.parse(stdout)).toMatchObject({ status: 'awaiting', waits: [{ name: 'w' }] })
    expect(stderr).toMatch(/the answer to "w:w" was refused: .*expected a number/u)
    expect(exitCode).toBe(3)
  })
})

describe('a stream that cannot be written', () => {
  it.skipIf(!existsSync('/dev/full'))('ends the command with 1, and stderr says why', () => {
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = cliTo(full, 'run', ...greeting, '--input', '"Al"', '--json')
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^error: stdout cannot be written: .*ENOSPC.*$/mu)])
  })
})

describe('heddle step', { timeout: 60_000 }, () => {
  it('shows each step with its ready nodes, outputs and marks', async () => {
    const { exitCode, stdout } = await cli('step', ...greeting, '--input', '"Al"')
    expect(stdout).toMatch(
      /^step 1 ready: greet\n {2}completed greet .*\n {4}→ "hello Al"\n {4}edge greet>grade#0 taken\n/u,
    )
    expect(stdout).toMatch(/edge grade>shout#0 skipped\n {4}edge grade>whisper#0 taken\n/u)
    expect(stdout).toMatch(/hello al!\n$/u)
    expect(exitCode).toBe(0)
  })

  it('answers waits and goes on', async () => {
    const { exitCode, stdout } = await cli(
      'step',
      fixture('review.ts'),
      '--input',
      article,
      '--answer',
      'approval={"by":"al"}',
    )
    expect(stdout).toMatch(/published by al\n$/u)
    expect(exitCode).toBe(0)
  })

  it('ends with 3 at a wait that has no answer, and says how to answer it', async () => {
    const { exitCode, stderr } = await cli('step', fixture('review.ts'), '--input', article, '--all')
    expect(stderr).toContain('waits for "approval"')
    expect(stderr).toContain(`heddle step --all test/fixtures/review.ts --input '${article}' --answer approval=JSON`)
    expect(exitCode).toBe(3)
  })
})
