import { isHeddleError } from '../errors/heddle-error.ts'
import type { IJournalStore, JournalSummary } from '../ports/journal-store.ts'
import type { Ports } from './create-engine.ts'
import type { Began } from './began.ts'
import type { JournalledRun, RunJournals } from './run-journals.ts'
import type { OpenRun } from './open-runs.ts'
import { definitionOf, findOrphans, orphanReason, type Orphan } from './orphaned-children.ts'
import type { KnownWorkflow } from './run-keeper.ts'

/** What child runs are cancelled with that nobody waits for. */
export interface UnwantedChildrenOptions {
  readonly store: IJournalStore
  readonly journals: RunJournals
  readonly ports: Ports
  readonly registered: () => readonly KnownWorkflow[]
  readonly isOpen: (runId: string) => boolean
  /** Opens a run and carries it out. */
  readonly take: (runId: string, open: () => Promise<JournalledRun>) => OpenRun
}

/** Cancels child runs that nobody waits for any more, when their parent's process died before it came to that. */
export class UnwantedChildren {
  private readonly options: UnwantedChildrenOptions

  constructor(options: UnwantedChildrenOptions) {
    this.options = options
  }

  /** Those that a run had cut off before it was opened. */
  async cancelCutOff({ run, cutOff }: JournalledRun): Promise<void> {
    const known = [{ blueprint: run.graph.blueprint, engine: run.engine }, ...this.options.registered()]
    await this.cancelAll(run.runId, cutOff, known)
  }

  private async cancelAll(
    parentRunId: string,
    children: readonly string[],
    known: readonly KnownWorkflow[],
  ): Promise<void> {
    for (const runId of children) {
      const began = await this.read(runId)
      // A fork tells of children that are not its own.
      if (began?.parentRunId !== parentRunId) continue
      if (began.isEnded) await this.cancelAll(runId, began.cutOff, known)
      else await this.cancel({ runId, definition: definitionOf(began, known) }, 'the visit that waited for it is over')
    }
  }

  private async read(runId: string): Promise<Began | undefined> {
    const { journals, ports } = this.options
    try {
      return await journals.began(runId, ports.serializer)
    } catch (error) {
      if (!isHeddleError(error, 'UNKNOWN_RUN')) {
        ports.logger.warn({ err: error, runId }, 'a child run that nobody waits for could not be read')
      }
      return undefined
    }
  }

  /** Those of runs that have ended. @param children child runs that have not ended */
  async cancelOrphans(children: readonly JournalSummary[]): Promise<void> {
    const { store, registered } = this.options
    for (const orphan of await findOrphans(store, children, registered())) await this.cancel(orphan, orphanReason)
  }

  /** Resolves when it is written that a child run is cancelled, with what it has cut off itself. */
  private async cancel({ runId, definition }: Orphan, reason: string): Promise<void> {
    const { journals, ports, isOpen, take } = this.options
    if (isOpen(runId)) return
    if (definition === undefined) {
      ports.logger.warn({ runId }, 'a child run that nobody waits for is left to a process that knows its definition')
      return
    }
    try {
      const entry = take(runId, () => journals.open(definition, runId, { signal: AbortSignal.abort(reason) }))
      const { run } = await entry.journalled
      await run.written()
      await run.suspensions?.children.whenCutOff()
    } catch (error) {
      ports.logger.warn({ err: error, runId }, 'a child run that nobody waits for could not be cancelled')
    }
  }
}
