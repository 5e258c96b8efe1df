import { expect, it } from 'vitest'
import { emptyLog, entriesOf, Script } from '../../test/journal-script.ts'
import { SimulatedDisk } from '../../test/simulated-disk.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'

const folder = '/store/runs/run'
const snapshotName = (seq: number): string => `${String(seq).padStart(12, '0')}.snapshot`

/** A journal whose syncs wait for a clock that stands still. */
async function slowJournal(): Promise<{ disk: SimulatedDisk; clock: VirtualClock; script: Script }> {
  const disk = new SimulatedDisk()
  const clock = new VirtualClock()
  const script = new Script(disk, emptyLog(), 'a', { clock, fsyncEveryMs: 10 })
  await script.create()
  script.append(4)
  await script.sync()
  await script.saveSnapshot()
  return { disk, clock, script }
}

it('a snapshot that is overtaken by a compaction is kept with its new place, or not at all if it is older', async () => {
  const { disk, clock, script } = await slowJournal()
  script.append(2)
  const newer = script.saveSnapshot()
  const older = script.saveSnapshot(2)
  await script.compact()
  script.append(2)
  clock.advance(10)
  await Promise.all([newer, older])
  expect(disk.list(folder).toSorted()).toEqual([snapshotName(4), snapshotName(6), 'journal.log'])
  const contents = await script.store.read('run')
  expect(contents?.snapshot?.seq).toBe(6)
  expect(contents?.entries.map(({ seq }) => seq)).toEqual([7, 8])
})

it('a snapshot of an earlier entry finds its place also after a compaction', async () => {
  const { clock, script } = await slowJournal()
  script.append(2)
  await script.compact()
  script.append(3)
  script.append(2)
  for (const seq of [5, 6, 8]) {
    const saved = script.saveSnapshot(seq)
    clock.advance(10)
    await saved
    const contents = await script.store.read('run')
    expect(contents?.snapshot?.seq).toBe(seq)
    expect(contents?.entries).toHaveLength(11 - seq)
  }
})

it('a journal that is closed keeps the snapshot that was under way', async () => {
  const { disk, script } = await slowJournal()
  script.append(2)
  const saved = script.saveSnapshot()
  await script.close()
  expect(disk.list(folder)).toContain(snapshotName(6))
  await saved
})

it('a line says what was on the disk when the last sync began, not what was appended while it lasted', async () => {
  const disk = new SimulatedDisk()
  const log = emptyLog()
  const script = new Script(disk, log, 'a', { clock: new VirtualClock() })
  await script.create()
  script.append(1)
  disk.performing = (what) => {
    disk.performing = () => {}
    expect(what).toBe(`sync ${folder}/journal.log`)
    script.append(1)
  }
  await script.sync()
  script.append(1)
  const lines = disk.bytesOf(`${folder}/journal.log`).toString().trimEnd().split('\n')
  expect(lines.map((line) => line.split(' ')[1])).toEqual(['0', '0', '0', '1'])
  expect(await script.store.read('run')).toEqual({ entries: entriesOf(log) })
})
