import type { RunEvent, WorkflowResult } from '@heddle/core'
import { joinNodes } from './chaos-flows.ts'
import type { Note } from './notes.ts'
import { resultText, visitsOf, type Reference } from './reference-runs.ts'
import type { Fault } from './storm.ts'

/** What must not be. */
export type ViolationKind =
  | 'run lost'
  | 'false completion'
  | 'join fired twice'
  | 'visit settled twice'
  | 'wrong result'
  | 'broken journal'
  | 'slow recovery'

/** One thing that must not be, and where it was found. */
export interface Violation {
  readonly kind: ViolationKind
  readonly runId: string
  readonly what: string
}

/** All that is known of a run that has ended. */
export interface EndedRun {
  readonly runId: string
  readonly result: WorkflowResult
  readonly journal: readonly RunEvent[]
  /** What its handlers noted. */
  readonly notes: readonly Note[]
  readonly reference: Reference
  /** It went back to an earlier state with the log of Redis: what was after that may be noted twice. */
  readonly isSetBack: boolean
}

/** How long before the cut a record may have been written that is noted later, in milliseconds. */
const slackMs = 500

/** Whether a run did something whose record the log of Redis has lost. */
export function isSetBack(notes: readonly Note[], faults: readonly Fault[]): boolean {
  return faults.some(
    ({ at, lostSince = Infinity }) =>
      lostSince < Infinity && notes.some((note) => note.at >= lostSince - slackMs && note.at <= at + slackMs),
  )
}

/** What is wrong with a run that has ended. Its handlers' notes and a run of the same workflow in memory are the witnesses. */
export function judge(run: EndedRun): Violation[] {
  const found: Violation[] = []
  const add = (kind: ViolationKind, what: string): void => {
    found.push({ kind, runId: run.runId, what })
  }
  const ended = new Set(run.notes.filter(({ kind }) => kind === 'end').map(({ visit }) => visit))
  const [made, wanted] = [visitsOf(ended), run.reference.visits].map((visits) =>
    JSON.stringify(run.isSetBack ? [...new Set(visits)] : visits),
  )
  if (made !== wanted) {
    add(run.result.status === 'completed' ? 'false completion' : 'wrong result', `visits ${made}, not ${wanted}`)
  }
  const result = resultText(run.result)
  if (result !== run.reference.result) add('wrong result', `${result}, not ${run.reference.result}`)
  if (!run.isSetBack) judgeMarks(run.notes, add)
  judgeJournal(run.journal, add)
  return found
}

/** Whoever comes after a visit sees one outcome of it, as often as it was attempted. */
function judgeMarks(notes: readonly Note[], add: (kind: ViolationKind, what: string) => void): void {
  const marks = new Map<string, Set<string>>()
  for (const { kind, visit, detail } of notes) {
    if (kind === 'saw') marks.set(visit, (marks.get(visit) ?? new Set()).add(detail))
  }
  for (const [visit, { size }] of marks) {
    if (size < 2) continue
    const node = visit.replace(/^.*\//u, '').replace(/@.*$/u, '')
    add(joinNodes.has(node) ? 'join fired twice' : 'visit settled twice', `${size} outcomes of ${visit} were handed on`)
  }
}

const settling: ReadonlySet<string> = new Set(['node.completed', 'node.skipped', 'node.cancelled'])
const marking: ReadonlySet<string> = new Set(['edge.taken', 'edge.skipped', 'edge.failed'])
const ending: ReadonlySet<string> = new Set(['run.completed', 'run.failed', 'run.cancelled'])

function judgeJournal(journal: readonly RunEvent[], add: (kind: ViolationKind, what: string) => void): void {
  const known = new Set<string>()
  const once = (what: string): void => {
    if (known.has(what)) add('broken journal', `${what} is told twice`)
    known.add(what)
  }
  for (const [at, event] of journal.entries()) {
    const { type, seq } = event
    if (seq !== at + 1) add('broken journal', `entry ${at + 1} has the number ${seq}`)
    const fields = event as unknown as Readonly<Record<string, unknown>>
    const place = JSON.stringify([fields['iteration'], fields['item']])
    if (settling.has(type)) once(`the end of ${String(fields['nodeId'])} ${place}`)
    if (marking.has(type)) once(`the mark of ${String(fields['edge'])} ${place}`)
    if (ending.has(type)) once('the end of the run')
  }
}
