import type { HeddleError } from '../errors/heddle-error.ts'
import type { InProcessRun } from '../execution/run/in-process-run.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import { RunToCompletionOrchestrator } from '../orchestrators/run-to-completion.ts'
import type { JournalledRun } from './run-journals.ts'

/** A run that is open in this process. */
export interface OpenRun {
  readonly journalled: Promise<JournalledRun>
  /** The result when the run first came to rest here. */
  readonly atRest: Promise<WorkflowResult>
}

/** The runs with journals that are open in this process, child runs too, by id: each of them once. */
export class OpenRuns {
  private readonly runs: Map<string, OpenRun> = new Map()
  /** Child runs that were cut off: they are cancelled whatever else happens. */
  private readonly leaving: Set<string> = new Set()
  /** Child runs that are being opened, or cancelled: until they are, their store is needed. */
  private readonly pending: Set<Promise<unknown>> = new Set()

  get(runId: string): OpenRun | undefined {
    return this.runs.get(runId)
  }

  /** A run that is being opened; it is driven from then on. */
  take(runId: string, journalled: Promise<JournalledRun>): OpenRun {
    return this.add(runId, journalled, drive)
  }

  /** A child run that is being opened; its parent carries it out. */
  takeChild(runId: string, journalled: Promise<JournalledRun>): OpenRun {
    void this.until(journalled)
    return this.add(runId, journalled, ({ run }) => run.whenSettled())
  }

  private add(
    runId: string,
    journalled: Promise<JournalledRun>,
    rest: (journalled: JournalledRun) => Promise<WorkflowResult>,
  ): OpenRun {
    const atRest = journalled.then(rest)
    atRest.catch(() => undefined)
    const entry: OpenRun = { journalled, atRest }
    this.runs.set(runId, entry)
    void this.forgetWhenOver(runId, entry)
    return entry
  }

  private async forgetWhenOver(runId: string, entry: OpenRun): Promise<void> {
    try {
      const { closed } = await entry.journalled
      await closed
    } catch {
      // Whoever asks the handle is told; the next one who asks for the run tries again.
    }
    if (this.runs.get(runId) === entry) this.runs.delete(runId)
  }

  /** A child run that was cut off: its cancel is under way. */
  async leave(runId: string, cancelling: Promise<void>): Promise<void> {
    this.leaving.add(runId)
    await this.until(cancelling)
    this.leaving.delete(runId)
  }

  private async until(work: Promise<unknown>): Promise<void> {
    this.pending.add(work)
    await Promise.allSettled([work])
    this.pending.delete(work)
  }

  /** Lets go of all runs, those that were cut off once they are cancelled; resolves when nothing of them is written any more. */
  async close(reason: HeddleError): Promise<void> {
    await this.abandon(reason)
    await Promise.allSettled(this.pending)
    // What was cut off may still undo what it did.
    await this.abandon(reason)
  }

  private async abandon(reason: HeddleError): Promise<void> {
    const runs: InProcessRun[] = []
    for (const { journalled } of this.runs.values()) {
      const [opened] = await Promise.allSettled([journalled])
      if (opened.status === 'fulfilled' && !this.leaving.has(opened.value.run.runId)) runs.push(opened.value.run)
    }
    for (const run of runs) run.abandon(reason)
    // What is being written may be an end that was decided.
    for (const run of runs) await run.written()
  }
}

/** A run that was opened before, unless it cannot go on any more as it is. */
export async function goesOn(before: OpenRun | undefined): Promise<JournalledRun | undefined> {
  const [opened] = await Promise.allSettled([before?.journalled])
  const journalled = opened.status === 'fulfilled' ? opened.value : undefined
  if (journalled?.run.brokenBy === undefined) return journalled
  await Promise.allSettled([journalled.closed])
  return undefined
}

/**
 * The run that `find` finds, once it is open; else the one that `open` opens. What another caller's opening failed of may be no matter of
 * this caller's own: it has another definition, other options, or begins the run.
 */
export async function openElse<T>(find: () => OpenRun | undefined, open: () => T): Promise<OpenRun | T> {
  for (let found = find(); found !== undefined; found = find()) {
    const [opened] = await Promise.allSettled([found.journalled])
    if (opened.status === 'fulfilled') return found
  }
  // At once: whoever else has waited finds this one.
  return open()
}

function drive(journalled: JournalledRun): Promise<WorkflowResult> {
  const { traverser, state, executorFactory, services } = journalled.prepared
  journalled.isDriven = true
  return new RunToCompletionOrchestrator().run(traverser, executorFactory, state, services) as Promise<WorkflowResult>
}
