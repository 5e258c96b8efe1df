import fs from 'node:fs'
import path from 'node:path'
import type { DurableLoad, DurableRun, LookBack, LookBackLoad } from './contract.ts'
import { noop } from './contract.ts'
import { CountedSyncs } from './counted-syncs.ts'
import { scratchFolder } from './scratch-folder.ts'

/** The same appends written by hand: one line of JSON a node, handed to the system before the next one starts. The graph is a chain. */
export async function prepareDurable({ graph, fsync, everyMs }: DurableLoad): Promise<DurableRun> {
  const folder = scratchFolder()
  const syncs = new CountedSyncs()
  let count = 0
  const append = async (): Promise<number> => {
    const file = fs.openSync(path.join(folder, `journal-${count++}`), 'w')
    let total = 0
    let syncedMs = performance.now()
    let syncing: Promise<void> | undefined
    for (const nodeId of graph.nodeIds) {
      const output = await noop()
      total += output
      fs.writeSync(file, `${JSON.stringify({ at: Date.now(), type: 'completed', nodeId, output })}\n`)
      if (fsync === 'never' || performance.now() - syncedMs < everyMs) continue
      await syncing
      syncing = sync(file)
      syncedMs = performance.now()
    }
    if (fsync !== 'never') await Promise.all([syncing, sync(file)])
    fs.closeSync(file)
    return total
  }
  return { run: () => syncs.during(append), note: () => (fsync === 'never' ? '' : syncs.told(everyMs)) }
}

function sync(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fdatasync(file, (error) => (error === null ? resolve() : reject(error)))
  })
}

/** The status of each visit, folded from the first event on at every look. */
export async function prepareLookBack({ events }: LookBackLoad): Promise<LookBack> {
  const types = ['ready', 'running', 'completed', undefined] as const
  const journal = Array.from({ length: events }, (_, at) => ({
    visit: `n@${Math.floor(at / 4)}`,
    status: types[at % 4],
  }))
  return {
    length: events,
    at: async (seq) => {
      const visits = new Map<string, string>()
      for (let at = 0; at < seq; at++) {
        const { visit, status } = journal[at] as (typeof journal)[number]
        if (status !== undefined) visits.set(visit, status)
      }
      return visits.size
    },
  }
}
