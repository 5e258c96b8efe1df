import { describe, expect, it, vi } from 'vitest'
import { emptyLog, expectPrefix, Script, type ScriptLog } from '../../test/journal-script.ts'
import { onlyProcess, SimulatedDisk, type Fault, type Survival } from '../../test/simulated-disk.ts'
import { FileStore } from './file-store.ts'
import type { FsyncPolicy } from './journal-services.ts'

// Much is done in each test, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

/** Everything that is done to a journal, so that a crash can come anywhere in it. */
async function firstProcess(script: Script): Promise<void> {
  await script.create()
  script.append(2)
  await script.sync()
  script.append(1)
  script.append(3)
  await script.saveSnapshot()
  script.append(2)
  await script.sync()
  await script.saveSnapshot(7) // in the middle of a group
  await script.compactWhileAppending()
  script.append(2)
  await script.sync()
  await script.saveSnapshot()
  script.append(2)
  await script.close()
}

/** A process that goes on with what it finds. */
async function nextProcess(script: Script, log: ScriptLog): Promise<void> {
  const contents = await script.open()
  expectPrefix(contents, log)
  if (contents === undefined) await script.create()
  await script.sync() // it goes on from what it found, so that must stay
  script.append(2)
  await script.sync()
  await script.saveSnapshot()
  script.append(1)
  await script.compact()
  await script.close()
}

/** Runs a process up to a fault; answers the disk as it left it, and whether the fault came. */
async function crash(fault: Fault, fsync: FsyncPolicy, log: ScriptLog): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk(fault)
  try {
    await firstProcess(new Script(disk, log, 'a', { fsync }))
  } catch (error) {
    if (!disk.crashed) throw error
  }
  return disk
}

/** The same journal is read in every way there is. */
async function expectReadable(disk: SimulatedDisk, log: ScriptLog): Promise<void> {
  const reader = new FileStore({ dir: '/store', files: disk, processes: onlyProcess(99) })
  const contents = await reader.read('run')
  const taken = { ...log, groups: [...log.groups] }
  expectPrefix(contents, taken)
  expect(taken.taken).toBe(log.taken)
  for (let upTo = log.compacted; upTo <= log.taken; upTo++) {
    const moment = await reader.read('run', upTo)
    const base = moment?.snapshot?.seq ?? 0
    expect(base + (moment?.entries.length ?? 0)).toBe(upTo)
    expect(moment?.entries ?? []).toEqual(log.groups.flat().slice(base, upTo))
  }
  const runs = []
  for await (const summary of reader.list()) runs.push(summary)
  const [first] = log.groups.flat()
  expect(runs).toEqual(first === undefined ? [] : [{ runId: 'run', first, last: log.groups.flat()[log.taken - 1] }])
}

async function operationsOf(fsync: FsyncPolicy): Promise<readonly string[]> {
  const disk = new SimulatedDisk()
  await firstProcess(new Script(disk, emptyLog(), 'a', { fsync }))
  return disk.operations
}

/** Before each operation, and after the last one: that is after the one before it, with everything told that was to be told. */
function faultsAt(operations: readonly string[]): readonly Fault[] {
  return [...operations.map((_, index) => ({ at: index + 1, done: false })), { at: operations.length, done: true }]
}

/** After each byte of each write to a journal, and here and there in what is written under a name that does not count yet. */
function tearsAt(operations: readonly string[]): readonly Fault[] {
  return operations.flatMap((operation, index) => {
    const bytes = Number(/^write .* (\d+)$/u.exec(operation)?.[1] ?? 0)
    const step = operation.includes('journal.log') ? 1 : 16
    const parts = Array.from({ length: Math.floor(Math.max(0, bytes - 1) / step) }, (_, part) => part * step + 1)
    return parts.map((done) => ({ at: index + 1, done }))
  })
}

async function goOn(disk: SimulatedDisk, log: ScriptLog, name: string = 'b'): Promise<void> {
  await nextProcess(new Script(disk, log, name), log)
  expect(log.synced).toBe(log.taken)
}

const losses: readonly Survival[] = ['none', 'names and sizes', 'bytes', 1, 2]

describe.each(['group', 'always', 'never'] as const)('a file store with fsync %s', (fsync) => {
  it('loses nothing that was appended when its process ends at any operation', async () => {
    for (const fault of faultsAt(await operationsOf(fsync))) {
      const log = emptyLog()
      const disk = (await crash(fault, fsync, log)).restart('all')
      log.synced = log.taken
      await goOn(disk, log)
      await expectReadable(disk, log)
    }
  })
})

it('a file store loses nothing that was appended when its process ends after any byte of a write', async () => {
  for (const fault of tearsAt(await operationsOf('group'))) {
    const log = emptyLog()
    const disk = (await crash(fault, 'group', log)).restart('all')
    log.synced = log.taken
    await goOn(disk, log)
  }
})

it('a process that goes on after another one has ended brings to the disk what that one had not', async () => {
  for (const fault of faultsAt(await operationsOf('group'))) {
    const log = emptyLog()
    const disk = (await crash(fault, 'group', log)).restart('all')
    const script = new Script(disk, log, 'b')
    const contents = await script.open()
    expectPrefix(contents, log)
    if (contents === undefined) continue
    await script.sync()
    const after = disk.restart('none')
    await goOn(after, log, 'c')
  }
})

describe.each(['group', 'always'] as const)('a file store with fsync %s', (fsync) => {
  it('keeps what was synced when the power fails, whatever else is lost', async () => {
    for (const fault of faultsAt(await operationsOf(fsync))) {
      for (const survival of losses) {
        const log = emptyLog()
        const disk = (await crash(fault, fsync, log)).restart(survival)
        if (fsync === 'always') log.synced = log.taken
        await goOn(disk, log)
        if (survival === 'none') await expectReadable(disk, log)
      }
    }
  })

  it('keeps what was synced when the power fails a second time, while the first loss is mended', async () => {
    for (const [index, fault] of faultsAt(await operationsOf(fsync)).entries()) {
      if (index % 4 !== 0) continue // enough to meet every kind of operation
      const survival = losses[index % losses.length] ?? 'none'
      for (let at = 1, hasCrashed = true; hasCrashed; at++) {
        const log = emptyLog()
        const disk = (await crash(fault, fsync, log)).restart(survival, { at, done: at % 2 === 0 })
        if (fsync === 'always') log.synced = log.taken
        await goOn(disk, log).catch((error: unknown) => {
          if (!disk.crashed) throw error
        })
        hasCrashed = disk.crashed
        const again = disk.restart(losses[(index + at) % losses.length] ?? 'none')
        await goOn(again, log, 'c')
      }
    }
  })
})

it('a run that was being removed when the power failed is there whole, or is gone', async () => {
  let at = 1
  for (let hasCrashed = true; hasCrashed; at++) {
    for (const survival of ['all', ...losses] as const) {
      const log = emptyLog()
      const before = new SimulatedDisk()
      await firstProcess(new Script(before, log, 'a'))
      const disk = before.restart('all', { at, done: at % 2 === 0 })
      const removed = await Promise.allSettled([new Script(disk, log, 'b').store.remove('run')])
      hasCrashed = disk.crashed
      const after = disk.restart(survival)
      const script = new Script(after, log, 'c')
      const contents = await script.open()
      if (contents === undefined || removed[0].status === 'fulfilled') Object.assign(log, emptyLog())
      expectPrefix(contents, log)
      if (contents === undefined) await script.create()
      script.append(3)
      await script.close()
      expectPrefix(await new Script(after, log, 'd').open(), log)
    }
  }
  expect(at).toBeGreaterThan(10)
})
