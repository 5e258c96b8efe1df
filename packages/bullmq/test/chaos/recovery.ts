import type { Note } from './notes.ts'
import type { Fault } from './storm.ts'

/** How long it took after a fault until a visit, or a run, was taken up again. */
export interface Recovery {
  readonly fault: Fault
  readonly runId: string
  readonly visit: string
  readonly tookMs: number
}

/** Groups by a key, in order. */
export function groupBy<T>(list: readonly T[], keyOf: (item: T) => string | number): Map<string | number, T[]> {
  const groups = new Map<string | number, T[]>()
  for (const item of list) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

/** The attempts that a process was making at a moment. */
function openAttempts(notes: readonly Note[], at: number): Note[] {
  const open = new Map<string, Note>()
  for (const note of notes) {
    if (note.at > at) break
    const key = `${note.runId} ${note.visit}`
    if (note.kind === 'begin') open.set(key, note)
    else if (note.kind === 'end' || note.kind === 'threw') open.delete(key)
  }
  return [...open.values()]
}

/** What the queue's handing out of a visit is noted under. */
function jobOf({ runId, visit }: Note): string {
  return visit.includes('/') ? visit.replace('/', ' ') : `${runId} ${visit}`
}

/** All that recoveries are measured with. */
interface Measured {
  readonly byRun: ReadonlyMap<string | number, readonly Note[]>
  readonly taken: ReadonlyMap<string | number, readonly Note[]>
  readonly faults: readonly Fault[]
}

/** Since when nothing but the product stood between a fault and the next claim: Redis was there, and no other fault hit who had the job. */
function freeSince({ taken, faults }: Measured, attempt: Note, from: number, to: number): number {
  const took = (taken.get(jobOf(attempt)) ?? []).filter(({ at }) => at > from && at <= to)
  const hits = faults.filter(({ at, readyAt, process }) =>
    readyAt === undefined
      ? took.some((note) => note.process === process && note.at <= at + 1 && at <= to)
      : at <= to && readyAt >= from,
  )
  return Math.max(from, ...hits.map(({ at, readyAt = at }) => readyAt))
}

function measureOne(measured: Measured, fault: Fault, attempt: Note): Recovery[] {
  const isOutage = fault.readyAt !== undefined
  const from = fault.readyAt ?? fault.at
  const isNext = ({ at, kind, visit, process }: Note): boolean =>
    (kind === 'begin' || kind === 'enter') &&
    (isOutage ? at > from : at > attempt.at && visit === attempt.visit && process !== attempt.process)
  const next = measured.byRun.get(attempt.runId)?.find(isNext)
  // Another worker had it already, or the outcome had arrived.
  if (next === undefined || next.at < from) return []
  const tookMs = Math.max(0, next.at - freeSince(measured, attempt, from, next.at))
  return [{ fault, runId: attempt.runId, visit: attempt.visit, tookMs }]
}

/**
 * Measures from each fault to the next claim: of the same visit, where its worker was killed or stopped; of the same run, where Redis was
 * restarted, from when it was ready. A time in which Redis was away does not count; where another fault hit a worker that had taken the job
 * meanwhile, it is counted from there.
 */
export function measureRecoveries(notes: readonly Note[], faults: readonly Fault[]): Recovery[] {
  const byProcess = groupBy(notes, (note) => note.process)
  const byRun = groupBy(notes, (note) => note.runId)
  const taken = groupBy(
    notes.filter(({ kind }) => kind === 'took'),
    ({ runId, visit }) => `${runId} ${visit}`,
  )
  const measured = { byRun, taken, faults }
  return faults.flatMap((fault) => {
    const processes = fault.process === undefined ? [...byProcess.keys()] : [fault.process]
    const open = processes.flatMap((pid) => openAttempts(byProcess.get(pid) ?? [], fault.at))
    return open.flatMap((attempt) => measureOne(measured, fault, attempt))
  })
}

/** Attempts that were made again, and those of them for which no fault was the reason. */
export function countRepeats(
  notes: readonly Note[],
  faults: readonly Fault[],
): { readonly repeated: number; readonly falseStalls: number } {
  const attempts = groupBy(
    notes.filter(({ kind }) => kind === 'begin'),
    ({ runId, visit, detail }) => `${runId} ${visit} ${detail}`,
  )
  let repeated = 0
  let falseStalls = 0
  for (const begun of attempts.values()) {
    for (const [at, again] of begun.entries()) {
      const before = begun[at - 1]
      if (before === undefined) continue
      repeated++
      const isExplained = faults.some(
        (fault) =>
          fault.at >= before.at - 1000 &&
          fault.at <= again.at &&
          (fault.process === undefined || fault.process === before.process),
      )
      if (!isExplained) falseStalls++
    }
  }
  return { repeated, falseStalls }
}
