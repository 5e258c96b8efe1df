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

/**
 * Measures from each fault to the next claim: of the same visit, where its worker was killed or stopped; of the same run, where Redis was
 * restarted, from when it was ready. A time in which Redis was away does not count.
 */
export function measureRecoveries(notes: readonly Note[], faults: readonly Fault[]): Recovery[] {
  const byProcess = groupBy(notes, (note) => note.process)
  const byRun = groupBy(notes, (note) => note.runId)
  const outages = faults.filter(({ readyAt }) => readyAt !== undefined)
  const measure = (fault: Fault, attempt: Note): Recovery[] => {
    const from = fault.readyAt ?? fault.at
    const next = byRun
      .get(attempt.runId)
      ?.find(
        ({ at, kind, visit, process }) =>
          (kind === 'begin' || kind === 'enter') &&
          at > (fault.readyAt === undefined ? attempt.at : from) &&
          (fault.readyAt !== undefined || (visit === attempt.visit && process !== attempt.process)),
      )
    // Another worker had it already, or the outcome had arrived.
    if (next === undefined || next.at < from) return []
    const ready = outages.filter((each) => each.at <= next.at && (each.readyAt ?? 0) >= from)
    const since = Math.max(from, ...ready.map(({ readyAt = 0 }) => readyAt))
    return [{ fault, runId: attempt.runId, visit: attempt.visit, tookMs: Math.max(0, next.at - since) }]
  }
  return faults.flatMap((fault) => {
    const processes = fault.process === undefined ? [...byProcess.keys()] : [fault.process]
    const open = processes.flatMap((pid) => openAttempts(byProcess.get(pid) ?? [], fault.at))
    return open.flatMap((attempt) => measure(fault, attempt))
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
