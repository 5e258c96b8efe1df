import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { cli, fixture, withFiles, type CommandEnd } from './run-cli.ts'

const handlers = ['--registry', fixture('greet-handlers.mjs')]

/** Expects a refusal: exit code 2, nothing on stdout, and these words on stderr. */
function expectRefusal({ exitCode, stdout, stderr }: CommandEnd, ...words: readonly (string | RegExp)[]): void {
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  for (const word of words) expect(stderr).toMatch(word)
}

describe('bad input', { timeout: 60_000 }, () => {
  it('is refused for a file that is missing, is a folder, or is of no known kind', async () => {
    expectRefusal(await cli('run', 'missing.json'), 'FILE "missing.json" does not exist (looked in ')
    await withFiles({ 'a.yaml': '' }, async (at) =>
      expectRefusal(await cli('validate', at('a.yaml')), 'is neither JSON (.json) nor a module'),
    )
  })

  it('is refused for a text that is not JSON, with line and column', async () => {
    const text = '{\n  "id": "a"\n  "nodes": []\n}'
    await withFiles({ 'a.json': text }, async (at) =>
      expectRefusal(
        await cli('validate', at('a.json')),
        /is not JSON: Expected ',' or '\}' after property value \(line 3, column 3\)/u,
      ),
    )
  })

  it('lists everything that is wrong with a definition at once', async () => {
    expectRefusal(
      await cli('run', fixture('broken.json'), ...handlers),
      '"test/fixtures/broken.json" is not valid: 4 errors and 1 warning.',
      /DUPLICATE_ID/u,
      /Did you mean "greet"\?/u,
      /condition: The expression "result >" is not valid/u,
      /warning "colour" is not a field/u,
    )
  })

  it('lists fields of the wrong type by path', async () => {
    const text = '{ "id": 5, "nodes": [{ "id": "a" }], "edges": {} }'
    await withFiles({ 'a.json': text }, async (at) => {
      expectRefusal(await cli('draw', at('a.json')), '"id" must be', '"nodes[0].uses" is missing', '"edges" must be')
    })
  })

  it('names the missing --registry where a blueprint has handlers', async () => {
    expectRefusal(await cli('run', fixture('greet.json')), /UNKNOWN_HANDLER/u, '--registry MODULE')
  })

  it('is refused for an input that is not JSON or that the schema refuses', async () => {
    expectRefusal(
      await cli('run', fixture('greet.json'), ...handlers, '--input', '{a:1}'),
      '--input is not JSON',
      '(line 1, column 2)',
    )
    expectRefusal(
      await cli('run', fixture('review.ts'), '--input', '{"title":1}'),
      '$.title: expected a text; $.pages: expected a number',
    )
  })

  it('is refused for options of the wrong form, each with its right one', async () => {
    const run = ['run', fixture('greet.json'), ...handlers]
    const [option, concurrency, deadline, id, answer] = await Promise.all([
      cli(...run, '--inptu', '1'),
      cli(...run, '--concurrency', '0'),
      cli(...run, '--deadline', 'soon'),
      cli(...run, '--run-id', 'a/b'),
      cli(...run, '--answer', 'approval'),
    ])
    expectRefusal(option, "unknown option '--inptu'", 'Did you mean --input?')
    expectRefusal(concurrency, 'it must be a whole number from 1')
    expectRefusal(deadline, '--deadline is "soon"')
    expectRefusal(id, 'the id "a/b" is not allowed')
    expectRefusal(answer, 'NAME=JSON')
  })

  it('is refused for a module without one workflow to choose, and lists what it has', async () => {
    expectRefusal(
      await cli('run', fixture('outcomes.mjs')),
      /exports 5 workflows \(.*failing.*\); say which one with --export NAME/u,
    )
    expectRefusal(
      await cli('run', fixture('outcomes.mjs'), '--export', 'nope'),
      /has no export "nope"; it exports .*odd/u,
    )
    expectRefusal(await cli('run', fixture('greet-handlers.mjs')), 'exports no workflow. It exports registry.')
  })

  it('is refused for a module that cannot be loaded, with what it threw and where', async () => {
    const files = {
      'throws.mjs': 'const rows = undefined\nrows.map()\n',
      'syntax.ts': 'export const a: number = = 1\n',
      'missing.mjs': "import 'no-such-package-of-anybody'\n",
    }
    await withFiles(files, async (at) => {
      expectRefusal(
        await cli('run', at('throws.mjs')),
        'TypeError: Cannot read properties of undefined',
        /throws\.mjs:2:6/u,
      )
      expectRefusal(await cli('run', at('syntax.ts')), /syntax\.ts/u)
      expectRefusal(
        await cli('run', at('missing.mjs')),
        'it imports "no-such-package-of-anybody", which is not installed there',
      )
    })
  })

  it('is data on stdout with --json', async () => {
    const { exitCode, stdout } = await cli('run', fixture('broken.json'), ...handlers, '--json')
    const { error } = JSON.parse(stdout) as { error: { code: string; details: { problems: { code: string }[] } } }
    expect(error.code).toBe('INVALID_BLUEPRINT')
    expect(error.details.problems.map(({ code }) => code)).toContain('EXPRESSION_INVALID')
    expect(exitCode).toBe(2)
  })

  it('shows the help and ends with 2 without a command', async () => {
    const { exitCode, stderr } = await cli()
    expect(stderr).toContain('Usage: heddle')
    expect(exitCode).toBe(2)
  })
})

describe('heddle validate', { timeout: 60_000 }, () => {
  it('ends with 0 for a valid definition, and says what it could not check', async () => {
    const { exitCode, stdout } = await cli('validate', fixture('greet.json'))
    expect(stdout).toBe('valid greet: 5 nodes, 5 edges; its handlers were not checked (--registry MODULE)\n')
    expect(exitCode).toBe(0)
  })

  it('counts one node as one', async () => {
    const one = JSON.stringify({ id: 'one', nodes: [{ id: 'a', uses: 'a' }], edges: [] })
    const { stdout } = await withFiles({ 'one.json': one }, (at) => cli('validate', at('one.json')))
    expect(stdout).toMatch(/^valid one: 1 node, 0 edges;/u)
  })

  it('writes one document with --json', async () => {
    const { exitCode, stdout } = await cli('validate', fixture('broken.json'), ...handlers, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ id: 'broken', valid: false, handlersChecked: true })
    expect(exitCode).toBe(2)
  })
})

describe('heddle draw', { timeout: 60_000 }, () => {
  it('writes Mermaid to stdout', async () => {
    const { exitCode, stdout } = await cli('draw', fixture('greet.json'))
    expect(stdout).toMatch(/^flowchart TD\n/u)
    expect(exitCode).toBe(0)
  })

  it('writes SVG where the name of the file says so', async () => {
    await withFiles({}, async (at) => {
      const { exitCode, stdout } = await cli('draw', fixture('review.ts'), '-o', at('review.svg'))
      await expect(readFile(at('review.svg'), 'utf8')).resolves.toMatch(
        /^<svg [^>]*>\n<title>review<\/title>[^]*<\/svg>\n$/u,
      )
      expect(stdout).toContain('svg written to')
      expect(exitCode).toBe(0)
    })
  })

  it('draws a definition that cannot run, and tells what is wrong', async () => {
    const { exitCode, stdout, stderr } = await cli('draw', fixture('broken.json'), '--format', 'svg')
    expect(stdout).toContain('not a node')
    expect(stderr).toContain('UNKNOWN_NODE')
    expect(exitCode).toBe(0)
  })

  it('refuses unknown formats and folders that do not exist', async () => {
    expectRefusal(await cli('draw', fixture('greet.json'), '--format', 'png'), 'must be one of mermaid, svg')
    expectRefusal(await cli('draw', fixture('greet.json'), '-o', '/no/such/folder/a.svg'), 'its folder does not exist')
  })
})
