import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { startRedis } from '../packages/bullmq/test/redis-server.ts'
import { readPages } from './snippets/read-markdown.ts'
import { runSnippet } from './snippets/run-snippet.ts'

/** The address that the pages name. Nothing listens there for us: programs are given another one. */
const addressOfPages = 'redis://127.0.0.1:6379'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Every tool leaves a folder of this name alone. */
const folder = fileURLToPath(new URL('dist/server-snippets', import.meta.url))
mkdirSync(folder, { recursive: true })

const server = await startRedis()

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server.stop()
})

const snippets = readPages(root)
  .flatMap((page) => page.snippets)
  .filter(({ kind }) => kind === 'server')

describe('a snippet that needs a server', { timeout: 60_000 }, () => {
  it.each(snippets)('prints what it says: $page:$line', async ({ page, line, code, output }) => {
    const file = path.join(folder, `${page.replaceAll(/[^\w-]/gu, '_')}-${line}.ts`)
    writeFileSync(file, `${code.replaceAll(addressOfPages, server.url)}\n`)
    const printed = await runSnippet(file)
    expect(printed).toBe(output ?? printed)
  })
})
