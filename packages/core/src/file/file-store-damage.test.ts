import { beforeEach, describe, expect, it, vi } from 'vitest'
import { emptyLog, entriesOf, expectPrefix, Script, type ScriptLog } from '../../test/journal-script.ts'
import { SimulatedDisk } from '../../test/simulated-disk.ts'
import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { JournalContents } from '../ports/journal-store.ts'
import { encodeLine } from './journal-format.ts'

// Much is done in each test, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const journal = '/store/runs/run/journal.log'
const snapshotOf = (seq: number): string => `/store/runs/run/${String(seq).padStart(12, '0')}.snapshot`

let disk: SimulatedDisk
let log: ScriptLog

/** A run of five groups that was closed. */
beforeEach(async () => {
  disk = new SimulatedDisk()
  log = emptyLog()
  const script = new Script(disk, log, 'a', { fsync: 'never' })
  await script.create()
  for (const count of [2, 1, 3, 1, 2]) script.append(count)
  await script.close()
})

/** Opens the run as a new process does; an error of a damaged journal is answered. */
const open = async (changed: SimulatedDisk, name = 'b'): Promise<JournalContents | HeddleError | undefined> => {
  const script = new Script(changed, log, name)
  try {
    return await script.open()
  } catch (error) {
    if (isHeddleError(error, 'JOURNAL_CORRUPT')) return error
    throw error
  } finally {
    await script.store.close()
  }
}

/** A copy of the disk with other bytes in one file. */
const withBytes = (name: string, change: (bytes: Buffer) => Buffer): SimulatedDisk => {
  const copy = disk.restart('all')
  copy.put(name, change(Buffer.from(disk.bytesOf(name))))
  return copy
}

const flipped =
  (at: number, bit: number) =>
  (bytes: Buffer): Buffer => {
    bytes[at] = Number(bytes[at]) ^ (1 << bit)
    return bytes
  }

/** The beginnings of the lines, and the end of the file. */
const lineStarts = (): readonly number[] => {
  const bytes = disk.bytesOf(journal)
  const starts = [0]
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0x0a) starts.push(at + 1)
  return starts
}

describe('a journal with one bit changed', () => {
  it('is refused, or has lost its last group alone', async () => {
    const { length } = disk.bytesOf(journal)
    const whole = entriesOf(log)
    let repaired = 0
    for (let at = 0; at < length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = withBytes(journal, flipped(at, bit))
        const read = await new Script(changed, log, 'b').store.read('run').catch((error: unknown) => error)
        if (read instanceof HeddleError) {
          expect(read).toMatchObject({ code: 'JOURNAL_CORRUPT', details: { runId: 'run', file: journal } })
          continue
        }
        repaired++
        expect(read).toEqual({ entries: whole.slice(0, 7) })
        const repair = { offset: lineStarts()[5], droppedBytes: length - Number(lineStarts()[5]), file: journal }
        expect(await open(changed)).toEqual({ entries: whole.slice(0, 7), repair })
      }
    }
    expect(repaired).toBe(8) // the bits of the last line feed: what was appended last looks as if it had not come to its end
  })

  it('says where it is damaged: the file, the place, and the last entry that is whole', async () => {
    const starts = lineStarts()
    expect(await open(withBytes(journal, flipped(Number(starts[3]) + 20, 1)))).toMatchObject({
      code: 'JOURNAL_CORRUPT',
      details: { runId: 'run', file: journal, offset: starts[3], seq: 3 },
    })
  })

  it('can be read up to the damage', async () => {
    const script = new Script(withBytes(journal, flipped(Number(lineStarts()[3]) + 20, 1)), log, 'b')
    expect(await script.store.read('run', 3)).toEqual({ entries: entriesOf(log).slice(0, 3) })
    await expect(script.store.read('run', 4)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' })
    await expect(script.store.read('run')).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' })
  })

  it('does not hide other runs in a list', async () => {
    const changed = withBytes(journal, flipped(3, 1))
    const other = new Script(changed, emptyLog(), 'b').store
    const written = await other.create('other')
    void written.append([{ seq: 1, at: 1, fact: { type: 'run.started' } }])
    const runIds: string[] = []
    const list = async (): Promise<void> => {
      for await (const { runId } of other.list()) runIds.push(runId)
    }
    await expect(list()).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT', details: { runIds: ['run'] } })
    expect(runIds).toEqual(['other'])
  })

  it('can be removed', async () => {
    const { store } = new Script(withBytes(journal, flipped(3, 1)), log, 'b')
    await store.remove('run')
    expect(await store.open('run')).toBeUndefined()
  })
})

describe('a journal whose lines were moved', () => {
  const lines = (bytes: Buffer): Buffer[] => {
    const starts = lineStarts()
    return starts.slice(1).map((end, at) => bytes.subarray(starts[at], end))
  }

  it('is refused where a group is missing', async () => {
    const found = await open(withBytes(journal, (bytes) => Buffer.concat(lines(bytes).toSpliced(2, 1))))
    expect(found).toMatchObject({ code: 'JOURNAL_CORRUPT', details: { offset: lineStarts()[2], seq: 2 } })
  })

  it('is refused where a group stands twice', async () => {
    const found = await open(withBytes(journal, (bytes) => Buffer.concat([bytes, lines(bytes)[5] as Buffer])))
    expect(found).toMatchObject({ code: 'JOURNAL_CORRUPT', details: { seq: 9 } })
  })

  it('is refused where its first line is one of another run', async () => {
    const header = encodeLine(0, JSON.stringify({ runId: 'other', base: 0 })).bytes
    const found = await open(withBytes(journal, (bytes) => Buffer.concat([header, ...lines(bytes).slice(1)])))
    expect(found).toMatchObject({ code: 'JOURNAL_CORRUPT', details: { offset: 0, seq: 0 } })
  })
})

describe('a journal that ends before its end', () => {
  it('holds the groups that are whole, and goes on from there', async () => {
    const { length } = disk.bytesOf(journal)
    for (let size = 0; size < length; size++) {
      const torn = withBytes(journal, (bytes) => bytes.subarray(0, size))
      const left: ScriptLog = { ...log, synced: 0, groups: [...log.groups] }
      const script = new Script(torn, left, 'b')
      const contents = await script.open()
      expectPrefix(contents, left)
      const starts = lineStarts()
      const offset = Number(starts.findLast((start) => start <= size))
      if (contents !== undefined) {
        expect(contents.repair).toEqual(
          offset === size ? undefined : { offset, droppedBytes: size - offset, file: journal },
        )
      }
      if (contents === undefined) await script.create()
      script.append(2)
      await script.close()
      expectPrefix(await new Script(torn, left, 'c').open(), left)
    }
  })

  it('is not changed by reading it', async () => {
    const torn = withBytes(journal, (bytes) => bytes.subarray(0, -5))
    const { store } = new Script(torn, log, 'b')
    expect(await store.read('run')).toEqual({ entries: entriesOf(log).slice(0, 7) })
    expect(torn.operations).toEqual([])
  })
})

describe('a snapshot with one bit changed', () => {
  /** Snapshots after 3 and after 9 entries, of a journal that may be compacted. */
  const withSnapshots = async (isCompacted: boolean): Promise<void> => {
    const script = new Script(disk, log, 'b')
    await script.open()
    await script.saveSnapshot(3)
    if (isCompacted) await script.compact()
    await script.saveSnapshot(9)
    await script.close()
  }

  it('gives way to the one before it, and that one to the whole journal', async () => {
    await withSnapshots(false)
    for (let at = 0; at < disk.bytesOf(snapshotOf(9)).length; at++) {
      const changed = withBytes(snapshotOf(9), flipped(at, at % 8))
      const { store } = new Script(changed, log, 'c')
      expect((await store.read('run'))?.snapshot?.seq).toBe(3)
      changed.put(snapshotOf(3), flipped(at % 100, 0)(Buffer.from(disk.bytesOf(snapshotOf(3)))))
      expect(await store.read('run')).toEqual({ entries: entriesOf(log) })
    }
  })

  it('is an error where the entries before it were dropped', async () => {
    await withSnapshots(true)
    for (let at = 0; at < disk.bytesOf(snapshotOf(3)).length; at++) {
      const changed = withBytes(snapshotOf(3), flipped(at, at % 8))
      expect(await open(changed, 'c')).toMatchObject({ snapshot: { seq: 9 } })
      const { store } = new Script(changed, log, 'd')
      await expect(store.read('run', 5)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT', details: { seq: 3 } })
    }
  })

  it('is no reason to drop the entries that it stands for', async () => {
    await withSnapshots(false)
    const changed = withBytes(snapshotOf(9), flipped(50, 0))
    const left = { ...log }
    const script = new Script(changed, left, 'c')
    await script.open()
    await script.compact()
    await script.close()
    expect(await script.store.read('run')).toMatchObject({ snapshot: { seq: 3 }, entries: entriesOf(log).slice(3) })
  })
})
