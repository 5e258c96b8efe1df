import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from '../src/main.ts'
import type { OutputStream } from '../src/output/printer.ts'
import type { CommandEnd } from './run-cli.ts'

/** A file of test/fixtures, wherever the tests are run. */
export function fixtureFile(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
}

/** Runs a command in this process, which is faster than a process of its own. */
export async function here(...args: readonly string[]): Promise<CommandEnd> {
  const written = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr'): OutputStream => ({
    write: (text) => {
      written[name] += text
    },
  })
  const io = { stdin: process.stdin, stdout: stream('stdout'), stderr: stream('stderr'), env: {} }
  const exitCode = await main(args, io)
  return { exitCode, ...written }
}

/** What a command wrote with --json. */
export async function documentOf(...args: readonly string[]): Promise<unknown> {
  const { stdout } = await here(...args, '--json')
  return JSON.parse(stdout)
}

/** Runs a test with the folder of a store; it is gone afterwards. */
export async function withStore<Result>(test: (dir: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-store-'))
  try {
    return await test(path.join(folder, 'store'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
