/**
 * A worker that is there to be killed: it notes every attempt, and the first one of a run never ends. Arguments: engine, address of Redis,
 * name of the place where it works, folder for its notes.
 */
import { writeSync } from 'node:fs'
import { noteInto, readNotes } from '../packages/bullmq/test/chaos/notes.ts'
import type { EngineName } from './engines/contract.ts'
import { loadEngine } from './engines/index.ts'

const [engineName, url = '', name = '', folder = ''] = process.argv.slice(2)
const note = noteInto(folder)

async function step(runId: string): Promise<void> {
  const told = { runId, visit: 'hold', detail: '' }
  note({ kind: 'begin', ...told })
  const begun = readNotes(folder).filter(({ kind, runId: of }) => kind === 'begin' && of === runId)
  if (begun.length === 1) await new Promise(() => {})
  note({ kind: 'end', ...told })
}

const { recovery } = await loadEngine[engineName as EngineName]()
if (recovery === undefined) throw new Error('has no workers')
await (await recovery()).work({ url, name }, step)
writeSync(1, 'ready\n')
