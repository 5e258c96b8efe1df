import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { SimulatedDisk } from '../../test/simulated-disk.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import { FileStore } from './file-store.ts'
import type { IFiles } from './files.ts'
import { nodeFiles } from './node-files.ts'

// Much is done in each test, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const folder = temporaryFolder()

const entryOf = (seq: number): StoredEvent => ({ seq, at: seq, fact: { type: 'node.ready', nodeId: 'ä' } })

/** The files of this machine, counting handles and bytes. */
const countingFiles = (): { files: IFiles; handles: { now: number }; read: { bytes: number } } => {
  const handles = { now: 0 }
  const read = { bytes: 0 }
  const files: IFiles = {
    ...nodeFiles,
    open: (name, how) => {
      const file = nodeFiles.open(name, how)
      handles.now++
      return {
        readNow: (into, offset) => file.readNow(into, offset),
        read: async (into, offset) => {
          const count = await file.read(into, offset)
          read.bytes += count
          return count
        },
        size: () => file.size(),
        write: (bytes, offset) => file.write(bytes, offset),
        truncate: (size) => file.truncate(size),
        sync: () => file.sync(),
        syncNow: () => file.syncNow(),
        close: () => {
          handles.now--
          file.close()
        },
      }
    },
  }
  return { files, handles, read }
}

describe('the folder of a file store', () => {
  it('says its format and holds a folder for each run, with the journal and its snapshots', async () => {
    const store = new FileStore({ dir: path.join(folder.dir, 'not', 'there', 'yet') })
    const journal = await store.create('Order.7')
    void journal.append([entryOf(1), entryOf(2)])
    void journal.append([entryOf(3)])
    await journal.saveSnapshot({ seq: 2, text: 'the state' })
    await store.close()
    const names = readdirSync(path.join(folder.dir, 'not/there/yet'), { recursive: true, encoding: 'utf8' })
    expect(names.filter((name) => !name.startsWith('lock')).sort()).toEqual([
      'runs',
      path.join('runs', 'order+7=1'),
      path.join('runs', 'order+7=1', '000000000002.snapshot'),
      path.join('runs', 'order+7=1', 'journal.log'),
      'store.json',
    ])
    const lines = readFileSync(path.join(folder.dir, 'not/there/yet/runs/order+7=1/journal.log'), 'utf8').split('\n')
    expect(lines.map((line) => line.slice(9))).toEqual([
      '0 {"runId":"Order.7","base":0}',
      `0 ${JSON.stringify([entryOf(1), entryOf(2)])}`,
      `0 ${JSON.stringify([entryOf(3)])}`,
      '',
    ])
  })

  it('is not made by reading', async () => {
    const store = new FileStore({ dir: path.join(folder.dir, 'none') })
    expect(await store.read('run')).toBeUndefined()
    for await (const { runId } of store.list()) expect(runId).toBe('none')
    await store.close()
    expect(readdirSync(folder.dir)).toEqual([])
  })

  it.each(['{"format":2}', '{"format":"x"}', '{}', 'no JSON', ''])(
    'is refused and left as it is if its format is not known: %s',
    async (text) => {
      writeFileSync(path.join(folder.dir, 'store.json'), text)
      const store = new FileStore(folder)
      const found = text === '{"format":2}' ? 2 : text === '{"format":"x"}' ? 'x' : text
      const refused = { code: 'STORE_FORMAT', details: { path: folder.dir, found, known: 1 } }
      await expect(store.create('run')).rejects.toMatchObject(refused)
      await expect(store.open('run')).rejects.toMatchObject(refused)
      await expect(store.read('run')).rejects.toMatchObject(refused)
      await expect(store.list()[Symbol.asyncIterator]().next()).rejects.toMatchObject(refused)
      await store.close()
      expect(readdirSync(folder.dir)).toEqual(['store.json'])
    },
  )

  it('may hold files of others among the runs', async () => {
    mkdirSync(path.join(folder.dir, 'runs', 'Not A Run'), { recursive: true })
    writeFileSync(path.join(folder.dir, 'runs', '.DS_Store'), 'x')
    const store = new FileStore(folder)
    const journal = await store.create('run')
    void journal.append([entryOf(1)])
    const runs: string[] = []
    for await (const { runId } of store.list()) runs.push(runId)
    expect(runs).toEqual(['run'])
    await store.close()
  })

  it('is begun anew for a run of which a crash left only parts', async () => {
    const run = path.join(folder.dir, 'runs', 'run')
    mkdirSync(run, { recursive: true })
    for (const name of ['000000000001.snapshot.x.tmp', 'journal.log.tmp', 'journal.log']) {
      writeFileSync(path.join(run, name), 'x')
    }
    const store = new FileStore(folder)
    const journal = await store.create('run')
    void journal.append([entryOf(1)])
    await store.close()
    expect(readdirSync(run)).toEqual(['journal.log'])
    expect(await store.read('run')).toEqual({ entries: [entryOf(1)] })
  })

  it('is unavailable if it is no folder', async () => {
    writeFileSync(path.join(folder.dir, 'file'), 'x')
    const store = new FileStore({ dir: path.join(folder.dir, 'file') })
    const unavailable = { code: 'STORE_UNAVAILABLE', retryable: true, details: { code: 'ENOTDIR' } }
    await expect(store.create('run')).rejects.toMatchObject(unavailable)
    await expect(store.read('run')).rejects.toMatchObject(unavailable)
  })
})

it.each([{ dir: '' }, { fsync: 'sometimes' }, { fsyncEveryMs: -1 }, { fsyncEveryMs: Number.NaN }, { maxOpenFiles: 0 }])(
  'a file store refuses options that cannot be meant: %j',
  (options) => {
    expect(() => new FileStore({ ...folder, ...(options as object) })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  },
)

it('10,000 journals are open at once, with few files open', async () => {
  const disk = new SimulatedDisk()
  const store = new FileStore({ dir: '/store', files: disk, maxOpenFiles: 100 })
  const journals = await Promise.all(Array.from({ length: 10_000 }, (_, at) => store.create(`run-${at}`)))
  for (const seq of [1, 2]) for (const journal of journals) void journal.append([entryOf(seq)])
  expect(disk.mostOpened).toBeLessThanOrEqual(110)
  await store.close()
  expect(disk.opened).toBe(0)
  const reader = new FileStore({ dir: '/store', files: disk })
  for (const at of [0, 99, 5000, 9999]) {
    expect(await reader.read(`run-${at}`)).toEqual({ entries: [entryOf(1), entryOf(2)] })
  }
})

it.each(['group', 'always', 'never'] as const)('leaves no file open, with fsync %s', async (fsync) => {
  const { files, handles } = countingFiles()
  const store = new FileStore({ ...folder, files, fsync, maxOpenFiles: 8, fsyncEveryMs: 0 })
  const journals = await Promise.all(Array.from({ length: 50 }, (_, at) => store.create(`run-${at}`)))
  for (const seq of [1, 2, 3]) for (const journal of journals) void journal.append([entryOf(seq)])
  await Promise.all(journals.map((journal) => journal.saveSnapshot({ seq: 2, text: '' })))
  await Promise.all(journals.map((journal) => journal.compact()))
  for (const journal of journals) void journal.append([entryOf(4)])
  await store.remove('run-0')
  await Promise.all(journals.slice(1).map((journal) => journal.sync()))
  expect(handles.now).toBeLessThanOrEqual(8 + 1) // and the one that was opened last
  await store.close()
  for await (const { runId } of store.list()) {
    expect((await store.read(runId))?.entries).toEqual([entryOf(3), entryOf(4)])
  }
  expect(handles.now).toBe(0)
})

it('what stands before a snapshot is not read', async () => {
  const { files, read } = countingFiles()
  const store = new FileStore({ ...folder, files, fsync: 'never' })
  const journal = await store.create('run')
  for (let seq = 1; seq <= 5000; seq++) void journal.append([entryOf(seq)])
  await journal.saveSnapshot({ seq: 4000, text: 'after 4000' })
  await journal.saveSnapshot({ seq: 4990, text: 'after 4990' })
  for (const [upTo, base] of [
    [5000, 4990],
    [4005, 4000],
  ] as const) {
    read.bytes = 0
    const contents = await store.read('run', upTo)
    expect(contents?.snapshot?.seq).toBe(base)
    expect(contents?.entries).toHaveLength(upTo - base)
    // The header and the place of the snapshot are looked at in pieces of 128 KiB; the journal has 400 KB.
    expect(read.bytes).toBeLessThan(280_000)
  }
  await store.close()
})

it('a page that goes on where the last one ended is read without those before it', async () => {
  const { files, read } = countingFiles()
  const store = new FileStore({ ...folder, files, fsync: 'never' })
  const journal = await store.create('run')
  for (let seq = 1; seq <= 20_000; seq++) void journal.append([entryOf(seq)])
  read.bytes = 0
  let after = 0
  for (let page = await store.readEntries('run', 0, 1000); page?.length !== 0;) {
    after = page?.at(-1)?.seq ?? 0
    page = await store.readEntries('run', after, 1000)
  }
  expect(after).toBe(20_000)
  expect(read.bytes).toBeLessThan(21 * 3 * 131_072) // without places: half of the pages times the journal, 17 MB
  await store.close()
})
