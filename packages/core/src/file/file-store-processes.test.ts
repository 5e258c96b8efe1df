import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import os from 'node:os'
import { afterEach, expect, it, vi } from 'vitest'
import { ChildProcesses, linesOf } from '../../test/child-process.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { FileStore } from './file-store.ts'

// Much is done in each test, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const program = new URL('../../test/store-process.ts', import.meta.url)
const processes = new ChildProcesses()
const folder = temporaryFolder()

afterEach(() => processes.kill())

/** A process of its own on the store; a limit is one of the shell's `ulimit`. */
const start = (what: 'write' | 'fill' | 'hold', limit?: string): ChildProcess =>
  processes.start(program, [what, folder.dir], limit)

const ended = (child: ChildProcess): Promise<unknown> => once(child, 'exit')

it('a store is refused while another process writes to it, can be read, and is taken over when that process was killed', async () => {
  const writer = start('write')
  const lines = linesOf(writer)
  const { value: first } = await lines.next()
  const store = new FileStore(folder)
  await expect(store.open('run')).rejects.toMatchObject({
    code: 'STORE_LOCKED',
    details: { owner: { pid: first?.['pid'], host: os.hostname() } },
  })
  let told = 0
  while (told < 200) told = Number((await lines.next()).value?.['seq'])
  expect((await store.read('run'))?.entries.length).toBeGreaterThanOrEqual(told)

  const exit = ended(writer)
  writer.kill('SIGKILL')
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) told = Number(line.value['seq'])
  await exit
  const opened = await store.open('run')
  const last = opened?.contents.entries.at(-1)?.seq ?? 0
  expect(last).toBeGreaterThanOrEqual(told)
  void opened?.journal.append([{ seq: last + 1, at: 0, fact: { type: 'run.resumed' } }])
  await store.close()
})

it('of several processes that take over from one that was killed, one gets the store', async () => {
  const owner = start('write')
  await linesOf(owner).next()
  const contenders = [start('hold'), start('hold'), start('hold')]
  const outputs = contenders.map(linesOf)
  for (const output of outputs) await output.next()
  const exit = ended(owner)
  owner.kill('SIGKILL')
  await exit
  for (const { stdin } of contenders) stdin?.write('now\n')
  const answers = await Promise.all(outputs.map(async (output) => (await output.next()).value))
  const winners = answers.filter((answer) => answer?.['holds'] !== undefined)
  expect(winners).toHaveLength(1)
  for (const answer of answers) {
    if (answer?.['holds'] === undefined) expect(answer).toMatchObject({ refused: { pid: winners[0]?.['holds'] } })
  }
})

it.skipIf(process.platform === 'win32')('a full disk takes nothing of the group that it has no room for', async () => {
  const lines = linesOf(start('fill', 'ulimit -f 40')) // 512 or 1,024 bytes each
  const { value: failed } = await lines.next()
  expect(failed).toMatchObject({ code: 'STORE_UNAVAILABLE', system: 'EFBIG', retryable: true })
  expect(failed?.['seq']).toBeGreaterThan(15)
  expect((await lines.next()).value).toEqual({ closed: true })
  expect((await lines.next()).value).toEqual({ last: failed?.['seq'], repair: null })
})
