import { describe, expect, it, vi } from 'vitest'
import { emptyLog, entriesOf, expectPrefix, Script, stateAfter, type ScriptLog } from '../../test/journal-script.ts'
import { SimulatedDisk, type Fault } from '../../test/simulated-disk.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { isHeddleError } from '../errors/heddle-error.ts'
import { FileStore } from './file-store.ts'
import type { FsyncPolicy } from './journal-services.ts'

// Much is done in each test, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const unavailable = { code: 'STORE_UNAVAILABLE', retryable: true }

/** What a call throws. */
const thrown = (call: () => unknown): unknown => {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** Everything that is done to a journal. */
async function work(script: Script): Promise<void> {
  await script.create()
  script.append(2)
  await script.sync()
  script.append(3)
  await script.saveSnapshot()
  await script.compactWhileAppending()
  script.append(2)
  await script.sync()
}

/** Goes on in the same process: a journal that has failed is opened again, or created if it never came to be. */
async function goOn(script: Script, log: ScriptLog): Promise<void> {
  try {
    const contents = await script.open()
    expectPrefix(contents, log)
    if (contents === undefined) await script.create()
  } catch (error) {
    if (!isHeddleError(error, 'RUN_CONFLICT')) throw error // the journal has not failed
  }
}

describe.each(['group', 'always', 'never'] as const)('an error of the disk with fsync %s', (fsync: FsyncPolicy) => {
  /** Whether the fault came. */
  const fail = async (fault: Fault): Promise<boolean> => {
    const disk = new SimulatedDisk({ ...fault, type: 'fail' })
    const log = emptyLog()
    const script = new Script(disk, log, 'a', { fsync })
    const error = await work(script).catch((error_: unknown) => error_)
    if (disk.operations.length < fault.at) return false
    if (error !== undefined) expect(error).toMatchObject({ ...unavailable, cause: { code: 'EIO' } })
    log.synced = log.taken
    await goOn(script, log)
    const all = log.taken + 2
    script.append(2)
    await script.close()
    expectPrefix(await new Script(disk, log, 'b').store.read('run'), log)
    expect(log.taken).toBe(all)
    return true
  }

  it('is told at any operation, takes back what was not appended, and is over when the run is opened again', async () => {
    let at = 1
    while (await fail({ at, done: false })) at++
    expect(at).toBeGreaterThan(20)
    while (--at > 0) for (const done of [true, 1]) await fail({ at, done })
  })
})

describe('a journal whose append failed', () => {
  it('takes nothing more and has not kept a part of the group, until it is opened again', async () => {
    const disk = new SimulatedDisk()
    const log = emptyLog()
    const store = new FileStore({ dir: '/store', files: disk, fsync: 'never' })
    const journal = await store.create('run')
    const group = [{ seq: 1, at: 1, fact: { type: 'run.started' } }]
    const next = [{ seq: 2, at: 1, fact: { type: 'node.ready', nodeId: 'x'.repeat(100) } }]
    void journal.append(group)
    const path = '/store/runs/run/journal.log'
    const { length } = disk.bytesOf(path)
    disk.capacity = 300 // less than the group needs
    const full = thrown(() => journal.append(next))
    expect(full).toMatchObject({ ...unavailable, details: { runId: 'run', code: 'ENOSPC' }, cause: { code: 'ENOSPC' } })
    expect(disk.bytesOf(path)).toHaveLength(length)
    disk.capacity = Infinity
    expect(thrown(() => journal.append(next))).toBe(full)
    await expect(journal.sync()).rejects.toBe(full)
    await expect(journal.saveSnapshot({ seq: 1, text: '' })).rejects.toBe(full)
    await expect(journal.compact()).rejects.toBe(full)
    const opened = await store.open('run')
    expect(opened?.contents).toEqual({ entries: group })
    void opened?.journal.append(next)
    expect(thrown(() => journal.append(next))).toBe(full)
    expect(await store.read('run')).toEqual({ entries: [...group, ...next] })
    expect(log).toEqual(emptyLog())
  })

  it('takes nothing more after a sync that failed, told or not: nobody can say what is on the disk', async () => {
    for (const isTold of [true, false]) {
      const clock = new VirtualClock()
      const disk = new SimulatedDisk()
      const log = emptyLog()
      const script = new Script(disk, log, 'a', { clock, fsyncEveryMs: 10 })
      await script.create()
      script.append(1)
      await script.sync()
      disk.letSync(false)
      script.append(1)
      clock.advance(10)
      if (isTold) await expect(script.sync()).rejects.toMatchObject(unavailable)
      await settle()
      expect(thrown(() => script.append(1))).toMatchObject({ ...unavailable, details: { code: 'EIO' } })
    }
  })
})

it('what a sync has failed to bring to the disk is written once more when the run is opened again', async () => {
  for (const isClosed of [true, false]) {
    const disk = new SimulatedDisk()
    const log = emptyLog()
    const script = new Script(disk, log, 'a')
    await script.create()
    script.append(2)
    await script.sync()
    disk.letSync(false)
    script.append(3)
    await expect(script.sync()).rejects.toMatchObject(unavailable)
    if (isClosed) await expect(script.closeJournal()).rejects.toMatchObject(unavailable)
    disk.letSync(true)
    expectPrefix(await script.open(), log)
    await script.sync()
    expectPrefix(await new Script(disk.restart('none'), log, 'b').open(), log)
    expect(log.taken).toBe(5)
  }
})

describe('a file store', () => {
  it('syncs a run once in an interval, however often it is appended to', async () => {
    const clock = new VirtualClock()
    const disk = new SimulatedDisk()
    const script = new Script(disk, emptyLog(), 'a', { clock, fsyncEveryMs: 10 })
    await script.create()
    for (let i = 0; i < 100; i++) {
      script.append(1)
      clock.advance(1)
      await settle()
    }
    const syncs = disk.operations.filter((operation) => operation.startsWith('sync /store/runs/run/'))
    expect(syncs).toHaveLength(10)
  })

  it('waits for nothing in sync with fsync never, and syncs no run', async () => {
    const disk = new SimulatedDisk()
    const script = new Script(disk, emptyLog(), 'a', { fsync: 'never' })
    await script.create()
    script.append(1)
    await script.sync()
    await script.saveSnapshot()
    await script.compact()
    await script.close()
    expect(disk.operations.filter((operation) => /^sync\w* .*\/runs/u.test(operation))).toEqual([])
  })

  it('has a group on the disk when append returns with fsync always', async () => {
    const disk = new SimulatedDisk()
    const log = emptyLog()
    const script = new Script(disk, log, 'a', { fsync: 'always' })
    await script.create()
    script.append(2)
    script.append(1)
    const { store } = new Script(disk.restart('none'), log, 'b')
    expect(await store.read('run')).toEqual({ entries: entriesOf(log) })
  })

  it('writes a snapshot when the entries that it stands for are on the disk', async () => {
    const disk = new SimulatedDisk()
    const script = new Script(disk, emptyLog(), 'a', { fsyncEveryMs: 10, clock: new VirtualClock() })
    await script.create()
    script.append(3)
    await script.saveSnapshot()
    const written = disk.operations.findIndex((operation) => operation.startsWith('write /store/runs/run/journal'))
    const synced = disk.operations.indexOf('sync /store/runs/run/journal.log')
    const snapshot = disk.operations.findIndex((operation) => operation.includes('.snapshot'))
    expect([written, synced, snapshot]).toEqual([written, synced, snapshot].toSorted((a, b) => a - b))
    expect(written).toBeGreaterThan(0)
  })

  it('forgets a snapshot of entries that were lost, and never takes it for one of those that came in their place', async () => {
    const disk = new SimulatedDisk()
    const log = emptyLog()
    const script = new Script(disk, log, 'a', { fsync: 'never' })
    await script.create()
    script.append(2)
    script.append(2)
    await script.saveSnapshot()
    const torn = disk.restart('all')
    const path = '/store/runs/run/journal.log'
    const snapshot = '/store/runs/run/000000000004.snapshot'
    torn.put(path, torn.bytesOf(path).subarray(0, -1))
    log.groups.pop()
    log.taken = 2
    const next = new Script(torn, log, 'b', { fsync: 'never' })
    expect(await next.store.read('run')).toEqual({ entries: entriesOf(log) })
    expect(await next.open()).toMatchObject({ entries: entriesOf(log) })
    expect(torn.list('/store/runs/run')).toEqual(['journal.log'])
    next.append(2)
    next.append(1)
    await next.close()
    // The removal was not synced either: the snapshot is there again, of two entries that never came to be.
    torn.put(snapshot, disk.bytesOf(snapshot))
    expect(await next.store.read('run')).toEqual({ entries: entriesOf(log) })
    expect(stateAfter(log, 4)).not.toBe('')
  })
})
