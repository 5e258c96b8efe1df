import { describe, expect, it, vi } from 'vitest'
import { emptyLog, expectPrefix, Script, type ScriptLog } from '../../test/journal-script.ts'
import { onlyProcess, randomOf, SimulatedDisk } from '../../test/simulated-disk.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import { FileStore } from './file-store.ts'
import type { FsyncPolicy } from './journal-services.ts'

// Much is done in each test, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const path = '/store/runs/run/journal.log'
const groupOf = (seq: number): StoredEvent[] => [{ seq, at: seq, fact: { type: 'x'.repeat(1000) } }]

/** A journal of five groups, or more, of about 1,000 bytes, not closed. */
async function fiveGroups(fsync: FsyncPolicy, count: number = 5): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  const journal = await new FileStore({ dir: '/store', files: disk, fsync }).create('run')
  for (let seq = 1; seq <= count; seq++) void journal.append(groupOf(seq))
  return disk
}

/** The same disk with zeros in the journal. */
function withZeros(disk: SimulatedDisk, from: number, to: number): SimulatedDisk {
  const copy = disk.restart('all')
  copy.put(path, Buffer.from(disk.bytesOf(path)).fill(0, from, to))
  return copy
}

async function lastRead(disk: SimulatedDisk): Promise<number | undefined> {
  return (await new FileStore({ dir: '/store', files: disk }).read('run'))?.entries.at(-1)?.seq
}

it('a sector of zeros is an append that was lost with the power: it is cut off, with all that came after it', async () => {
  const disk = await fiveGroups('never')
  expect(await lastRead(withZeros(disk, 2048, 2560))).toBe(1)
  expect(await lastRead(withZeros(disk, 2560, 4096))).toBe(2)
  expect(await lastRead(withZeros(disk, 0, 512))).toBeUndefined()
  const { length } = disk.bytesOf(path)
  expect(await lastRead(withZeros(disk, length - 100, length))).toBe(4)
})

it('zeros from the beginning of a line to the end of its sector are such an append too: the sector was written before', async () => {
  const disk = await fiveGroups('never')
  const second = disk.bytesOf(path).indexOf(0x0a, disk.bytesOf(path).indexOf(0x0a) + 1) + 1
  expect(await lastRead(withZeros(disk, second, Math.ceil(second / 512) * 512))).toBe(1)
})

it('other zeros are damage', async () => {
  const disk = await fiveGroups('never')
  for (const [from, to] of [
    [2048, 2559],
    [2049, 2560],
    [2100, 2200],
  ] as const) {
    await expect(lastRead(withZeros(disk, from, to))).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' })
  }
})

it('a sector of zeros is damage where a later line says that it was on the disk before', async () => {
  const disk = await fiveGroups('always')
  for (const [from, seq] of [
    [2048, 1],
    [3584, 3],
  ] as const) {
    const damaged = lastRead(withZeros(disk, from, from + 512))
    await expect(damaged).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT', details: { seq } })
  }
})

it('a run is listed with the last entry that can be read', async () => {
  const disk = withZeros(await fiveGroups('never', 200), 2560, 4096)
  const runs = []
  for await (const run of new FileStore({ dir: '/store', files: disk }).list()) runs.push(run)
  expect(runs).toEqual([{ runId: 'run', first: groupOf(1)[0], last: groupOf(2)[0] }])
})

it('a run goes on where such an append was cut off, and nothing of what came after it is found again', async () => {
  for (const [from, to, last] of [
    [2048, 2560, 1],
    [2560, 4096, 2],
  ] as const) {
    const disk = withZeros(await fiveGroups('never'), from, to)
    const store = new FileStore({ dir: '/store', files: disk, processes: onlyProcess(2) })
    const opened = await store.open('run')
    expect(opened?.contents.repair?.droppedBytes).toBeGreaterThan(1000)
    // Else a second loss of power could bring a part of it back, in the middle of what is appended now.
    const cut = disk.operations.indexOf(`truncate ${path}`)
    expect(disk.operations.slice(cut, cut + 2)).toEqual([`truncate ${path}`, `sync ${path}`])
    void opened?.journal.append([{ seq: last + 1, at: 0, fact: { type: 'short' } }])
    await store.close()
    const entries = (await new FileStore({ dir: '/store', files: disk }).read('run'))?.entries
    expect(entries?.map(({ fact }) => fact.type.length)).toEqual([...Array.from({ length: last }, () => 1000), 5])
  }
})

describe('a power failure', () => {
  /** Appends groups of all sizes, syncs now and then, and stops at some operation. */
  const write = async (disk: SimulatedDisk, log: ScriptLog, name: string, random: () => number): Promise<void> => {
    const script = new Script(disk, log, name, { fsyncEveryMs: 0 })
    try {
      const contents = await script.open()
      expectPrefix(contents, log)
      if (contents === undefined) await script.create()
      for (let i = 0; i < 12; i++) {
        script.append(1 + Math.floor(random() * random() * 60))
        if (random() < 0.2) await script.sync()
      }
    } catch (error) {
      if (!disk.crashed) throw error
    }
  }

  it('is never taken for damage, whatever sectors it leaves, and a second one neither', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomOf(seed)
      const log = emptyLog()
      const first = new SimulatedDisk({ at: 20 + Math.floor(random() * 20), done: true })
      await write(first, log, 'a', random)
      const second = first.restart(seed, { at: 1 + Math.floor(random() * 30), done: random() < 0.5 })
      await write(second, log, 'b', random)
      const third = second.restart(seed + 1)
      const script = new Script(third, log, 'c')
      const contents = await script.open()
      expectPrefix(contents, log)
      if (contents === undefined) await script.create()
      script.append(1)
      await script.close()
      expectPrefix(await new Script(third, log, 'd').open(), log)
    }
  })
})
