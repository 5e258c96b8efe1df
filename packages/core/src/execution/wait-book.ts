import { HeddleError } from '../errors/heddle-error.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import type { Visit } from '../kernel/visit.ts'

/** A wait that is open in this process. */
export interface WaitEntry {
  readonly wait: OpenWait
  readonly visit: Visit
  /** Ends the timer of its deadline. */
  readonly cancelTimer: () => void
}

/** The id of a wait: its name, then the key of its visit. */
export function waitIdOf(name: string, visit: VisitName): string {
  return `${name}:${visitKey(visit)}`
}

/** The open waits of one run, and how those that are no longer open ended. */
export class WaitBook {
  private readonly open: Map<string, WaitEntry> = new Map()
  private readonly ended: Map<string, 'answered' | 'expired'> = new Map()

  get size(): number {
    return this.open.size
  }

  add(entry: WaitEntry): void {
    this.open.set(entry.wait.waitId, entry)
    this.ended.delete(entry.wait.waitId)
  }

  entries(): readonly WaitEntry[] {
    return [...this.open.values()]
  }

  /**
   * The wait with this id, or the only one with this name.
   *
   * @throws HeddleError `AMBIGUOUS_WAIT`, `WAIT_ANSWERED`, `WAIT_EXPIRED`, `WAIT_NOT_OPEN`
   */
  find(nameOrId: string, runId: string): WaitEntry {
    const byId = this.open.get(nameOrId)
    if (byId !== undefined) return byId
    const named = this.entries().filter(({ wait }) => wait.name === nameOrId)
    const [entry, second] = named
    if (second !== undefined) {
      const waitIds = named.map(({ wait }) => wait.waitId)
      throw new HeddleError(
        'AMBIGUOUS_WAIT',
        `run "${runId}" has ${named.length} open waits named "${nameOrId}"; resume one by its id: ${waitIds.join(', ')}`,
        {
          details: { runId, name: nameOrId, waitIds },
        },
      )
    }
    if (entry !== undefined) return entry
    throw this.closedError(nameOrId, runId)
  }

  private closedError(nameOrId: string, runId: string): HeddleError {
    const how = [...this.ended].find(([id]) => id === nameOrId || id.startsWith(`${nameOrId}:`))?.[1]
    const details = { runId, wait: nameOrId }
    if (how === 'answered') {
      return new HeddleError('WAIT_ANSWERED', `wait "${nameOrId}" of run "${runId}" was answered before`, { details })
    }
    if (how === 'expired') {
      return new HeddleError('WAIT_EXPIRED', `wait "${nameOrId}" of run "${runId}" has expired`, { details })
    }
    return new HeddleError(
      'WAIT_NOT_OPEN',
      `run "${runId}" has no open wait "${nameOrId}"; it may not have been reached yet`,
      {
        details,
        retryable: true,
      },
    )
  }

  close(entry: WaitEntry, how: 'answered' | 'expired' | 'cancelled'): void {
    entry.cancelTimer()
    this.open.delete(entry.wait.waitId)
    if (how !== 'cancelled') this.ended.set(entry.wait.waitId, how)
  }
}
