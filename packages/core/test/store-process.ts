/**
 * A process of its own that uses a file store: `node … store-process.ts <what> <dir>`. It prints lines of JSON.
 */
import { once } from 'node:events'
import { isHeddleError } from '../src/errors/heddle-error.ts'
import { FileStore } from '../src/file/file-store.ts'
import type { StoredEvent } from '../src/model/stored-event.ts'

const [what, dir = ''] = process.argv.slice(2)
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const entryOf = (seq: number): StoredEvent => ({ seq, at: seq, fact: { type: 'x'.repeat(1000) } })

/** Appends until it is killed, and tells what it has appended. */
const write = async (store: FileStore): Promise<void> => {
  const journal = await store.create('run')
  print({ pid: process.pid })
  for (let seq = 1; ; seq++) {
    void journal.append([entryOf(seq)])
    print({ seq })
    if (seq % 50 === 0) await journal.sync()
  }
}

/** Appends until it fails; answers with the error, what is left, and what a second attempt says. */
const fill = async (store: FileStore): Promise<void> => {
  const journal = await store.create('run')
  let seq = 0
  try {
    for (;;) {
      void journal.append([entryOf(seq + 1)])
      seq++
    }
  } catch (error) {
    if (!isHeddleError(error, 'STORE_UNAVAILABLE')) throw error
    print({ seq, code: error.code, system: error.details['code'], retryable: error.retryable })
  }
  await journal.close().catch(() => print({ closed: true }))
  const opened = await store.open('run')
  print({ last: opened?.contents.entries.at(-1)?.seq, repair: opened?.contents.repair ?? null })
  await store.close()
}

/** Takes the lock, or says who has it, and holds it until its input ends. */
const hold = async (store: FileStore): Promise<void> => {
  print({ ready: true })
  await once(process.stdin, 'data')
  try {
    await store.remove('nobody')
    print({ holds: process.pid })
  } catch (error) {
    print({ refused: isHeddleError(error, 'STORE_LOCKED') ? error.details['owner'] : String(error) })
  }
}

const store = new FileStore({ dir })
if (what === 'write') await write(store)
if (what === 'fill') await fill(store)
if (what === 'hold') await hold(store)
