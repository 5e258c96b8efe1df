import { beforeEach, describe, expect, it } from 'vitest'
import { emptyLog, Script } from '../../test/journal-script.ts'
import { SimulatedDisk } from '../../test/simulated-disk.ts'
import type { FileStore } from './file-store.ts'
import { encodeLine } from './journal-format.ts'

const journal = '/store/runs/run/journal.log'
const lost = { code: 'JOURNAL_CORRUPT', details: { runId: 'run', file: journal, offset: 0, seq: 0 } }

let disk: SimulatedDisk

/** A run of three entries with a snapshot, which was closed. */
beforeEach(async () => {
  disk = new SimulatedDisk()
  const script = new Script(disk, emptyLog(), 'a')
  await script.create()
  for (let count = 0; count < 3; count++) script.append(1)
  await script.saveSnapshot(3)
  await script.close()
})

async function listed(store: FileStore): Promise<readonly string[]> {
  const runIds: string[] = []
  for await (const { runId } of store.list()) runIds.push(runId)
  return runIds
}

describe('a journal beside a snapshot', () => {
  it('that was cut before the entry of the snapshot, at the end of a line, is damaged: nothing of it runs again', async () => {
    const lines = disk.bytesOf(journal).toString('utf8').split('\n')
    for (const kept of [2, 3]) {
      const cut = Buffer.from(`${lines.slice(0, kept).join('\n')}\n`)
      disk.put(journal, cut)
      const { store } = new Script(disk.restart('all'), emptyLog(), 'b')
      const damage = {
        code: 'JOURNAL_CORRUPT',
        details: { runId: 'run', file: journal, offset: cut.length, seq: kept - 1 },
      }
      await expect(store.read('run')).rejects.toMatchObject(damage)
      await expect(store.open('run')).rejects.toMatchObject(damage)
      await store.close()
    }
  })

  it.each<[string, (damaged: SimulatedDisk) => void]>([
    ['was emptied', (damaged) => damaged.put(journal, Buffer.alloc(0))],
    ['is gone', (damaged) => damaged.removeFile(journal)],
    [
      'was cut after its first line',
      (damaged) => damaged.put(journal, encodeLine(0, JSON.stringify({ runId: 'run', base: 0 })).bytes),
    ],
  ])('that %s is damaged, and not one of a run that was never begun', async (_what, damage) => {
    damage(disk)
    const { store } = new Script(disk, emptyLog(), 'b')
    for (const used of [store.read('run'), store.readEntries('run', 0, 10), store.open('run'), store.create('run')]) {
      await expect(used).rejects.toMatchObject(lost)
    }
    await expect(listed(store)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT', details: { runIds: ['run'] } })
    expect(disk.list('/store/runs/run').some((name) => name.endsWith('.snapshot'))).toBe(true)
    await store.remove('run')
    expect(await store.open('run')).toBeUndefined()
    await store.close()
  })
})
