import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import path from 'node:path'

/**
 * What a handler notes of itself, beside the product and its records:
 *
 * - `begin`, `end`, `threw`: one attempt; `enter` in place of `begin` for a handler that may be suspended.
 * - `took`: the queue handed the job of a visit to a worker, which has not claimed it yet; here a child run goes by its own id.
 * - `saw`: the mark of an output that another visit, or a step, has handed on.
 * - `step`: the function of a step was called.
 */
export type NoteKind = 'took' | 'begin' | 'enter' | 'end' | 'threw' | 'saw' | 'step'

/** One line of the notes. */
export interface Note {
  /** Milliseconds since 1970, by the machine on which all processes run. */
  readonly at: number
  readonly process: number
  readonly kind: NoteKind
  /** The run, or the one that a child run belongs to. */
  readonly runId: string
  /** The visit; of `saw` the one that was seen. */
  readonly visit: string
  /** Number of the attempt, or the mark. */
  readonly detail: string
}

/** Takes notes of one process. */
export type TakeNote = (note: Omit<Note, 'at' | 'process'>) => void

/** Notes in a file of this process: what was noted stays when it is killed. */
export function noteInto(folder: string): TakeNote {
  const file = openSync(path.join(folder, `${process.pid}-${Date.now()}.notes`), 'a')
  process.once('exit', () => closeSync(file))
  return ({ kind, runId, visit, detail }) => {
    writeSync(file, `${Date.now()} ${process.pid} ${kind} ${runId} ${visit} ${detail}\n`)
  }
}

/** All notes of all processes, in the order of their time. A line that was cut off by a kill is left out. */
export function readNotes(folder: string): Note[] {
  const notes: Note[] = []
  for (const name of readdirSync(folder)) {
    const lines = readFileSync(path.join(folder, name), 'utf8').split('\n')
    for (const line of lines.slice(0, -1)) {
      const [at, pid, kind, runId = '', visit = '', detail = ''] = line.split(' ')
      notes.push({ at: Number(at), process: Number(pid), kind: kind as NoteKind, runId, visit, detail })
    }
  }
  return notes.sort((one, other) => one.at - other.at)
}
