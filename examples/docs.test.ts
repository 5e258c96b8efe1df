import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, describe, expect, it } from 'vitest'
import { readPages, type Snippet } from './snippets/read-markdown.ts'
import { runSnippet } from './snippets/run-snippet.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Every tool leaves a folder of this name alone. */
const outFolder = fileURLToPath(new URL('dist/snippets', import.meta.url))

const pages = readPages(root)
const snippets = pages.flatMap((page) => page.snippets)
const programs = snippets.filter(({ kind }) => kind === 'program')

/** Where a snippet is run from: the file that it shows, or a file of its own. */
const fileOf = ({ page, line, file }: Snippet): string =>
  file === undefined ? path.join(outFolder, `${page.replaceAll(/[^\w-]/gu, '_')}-${line}.ts`) : path.join(root, file)

const writeSnippets = (): void => {
  rmSync(outFolder, { recursive: true, force: true })
  mkdirSync(outFolder, { recursive: true })
  for (const snippet of snippets) if (snippet.file === undefined) writeFileSync(fileOf(snippet), `${snippet.code}\n`)
}

writeSnippets()
afterAll(() => rmSync(outFolder, { recursive: true, force: true }))

/** Errors of the compiler over all snippets together, as an application would compile them. */
const typeErrors = (): string[] => {
  const configFile = fileURLToPath(new URL('tsconfig.json', import.meta.url))
  const { config } = ts.readConfigFile(configFile, (file) => readFileSync(file, 'utf8')) as { config: object }
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: [] },
    ts.sys,
    path.dirname(configFile),
  )
  const program = ts.createProgram(snippets.map(fileOf), options)
  const host = { getCanonicalFileName: (name: string) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' }
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => ts.formatDiagnostic(diagnostic, host))
}

it('has snippets that compile', { timeout: 120_000 }, () => {
  expect(typeErrors()).toEqual([])
})

describe('links', () => {
  it.each(pages)('of $page lead somewhere', ({ page, links }) => {
    const local = links.filter((link) => !/^[a-z]+:|^#/u.test(link)).map((link) => link.replace(/#.*$/u, ''))
    const dead = local.filter((link) => !existsSync(path.join(root, path.dirname(page), link)))
    expect(dead).toEqual([])
  })
})

describe('a first page', () => {
  const firstPages = [
    'README.md',
    'docs/quick-start.md',
    ...['core', 'testing', 'cli'].map((name) => `packages/${name}/README.md`),
  ]

  it.each(firstPages)('%s says how to begin from a clone before the first line that needs it', (page) => {
    const text = readFileSync(path.join(root, page), 'utf8')
    const begin = text.indexOf('node scripts/ensure-installed.mjs')
    expect(begin).toBeGreaterThan(-1)
    expect(text.indexOf('--conditions=@heddle/source')).toBeGreaterThan(begin)
  })

  it.each(firstPages)('%s asks for no package that is not published without saying so before', (page) => {
    const text = readFileSync(path.join(root, page), 'utf8')
    const [before, ...after] = text.split(/npm install (?:--save-dev )?@heddle/u)
    if (after.length > 0) expect(before).toMatch(/not published yet|once the packages are published/u)
  })
})

describe('JSON', () => {
  it.each(pages.filter(({ json }) => json.length > 0))('of $page is JSON', ({ json }) => {
    for (const text of json) expect(() => JSON.parse(text) as unknown).not.toThrow()
  })
})

describe('a snippet', { timeout: 60_000 }, () => {
  it.each(snippets.filter(({ file }) => file !== undefined))('is the file that it shows: $page:$line', (snippet) => {
    expect(snippet.code).toBe(readFileSync(fileOf(snippet), 'utf8').trim())
  })

  it.each(programs.filter(({ output }) => output === undefined))('runs: $page:$line', async (snippet) => {
    await expect(runSnippet(fileOf(snippet))).resolves.toBeTypeOf('string')
  })

  it.each(programs.filter(({ output }) => output !== undefined))(
    'prints what it says: $page:$line',
    async (snippet) => {
      await expect(runSnippet(fileOf(snippet))).resolves.toBe(snippet.output)
    },
  )
})
