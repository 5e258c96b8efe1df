import { HeddleError } from '../errors/heddle-error.ts'
import { replacedRun, runSetBack } from '../errors/run-errors.ts'
import { watchSignal } from '../execution/engine/limit-watch.ts'
import { findByToken, hashToken, invalidToken } from '../execution/engine/wait-tokens.ts'
import type { Explanation } from '../model/explanation.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunStatus } from '../model/run-status.ts'
import type { OpenWait, WorkflowResult } from '../model/workflow-result.ts'
import type { ILogger } from '../ports/logger.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import type { RunHead } from '../ports/run-records.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { WorkflowState } from '../traversal/workflow-state.ts'
import { explainStoredRun, storedStatus } from './explain-stored-run.ts'
import { readJournalPages, readWholeJournal } from './journal-pages.ts'
import { cancelRun, readRunHead, resumeRun, type RunRequestOptions } from './run-requests.ts'
import { allWaitIds, readOpenWaits } from './run-waits.ts'
import { watchRun, type WatchOptions } from './run-watch.ts'
import { bringBack } from './stored-state.ts'

/** What the handle of a run in a store works with. */
export interface StoredRunOptions extends RunRequestOptions, WatchOptions {
  readonly serializer: ISerializer
  readonly logger: ILogger
  /** The key of the definition that the run must have. @default any */
  readonly definitionKey?: string
}

/** The handle of a run in a store, whoever carries it out: everything that it answers, it reads from the store. */
export class StoredRun implements RunHandle {
  readonly runId: string
  private readonly options: StoredRunOptions

  constructor(runId: string, options: StoredRunOptions) {
    this.runId = runId
    this.options = options
  }

  /** Where the run stands. @throws HeddleError `UNKNOWN_RUN`, `DEFINITION_MISMATCH` */
  private async head(): Promise<RunHead> {
    const { runId } = this
    const { store, definitionKey } = this.options
    const head = await readRunHead(store, runId)
    if (definitionKey === undefined || head.definitionHash === definitionKey) return head
    const message = `run "${runId}" is one of definition "${head.definitionHash}" and not of this workflow; open it with its own, or by its id alone`
    throw new HeddleError('DEFINITION_MISMATCH', message, {
      details: { runId, expected: definitionKey, actual: head.definitionHash },
    })
  }

  /** Where the run stands, again and again. @throws HeddleError `UNKNOWN_RUN`, also if another run has its id by now */
  private watch(): AsyncGenerator<RunHead> {
    let incarnation: string | undefined
    return watchRun(this.runId, this.options, async () => {
      const head = await this.head()
      incarnation ??= head.incarnation
      if (incarnation !== head.incarnation) throw replacedRun(this.runId)
      return head
    })
  }

  /** Where the run stands as soon as a condition holds. */
  async until(isThere: (head: RunHead) => boolean | Promise<boolean>): Promise<RunHead> {
    for await (const head of this.watch()) if (await isThere(head)) return head
    throw new HeddleError('INTERNAL', `run "${this.runId}" is not watched any more`)
  }

  async result(): Promise<WorkflowResult & { readonly output: unknown }> {
    const { store, serializer, definitions } = this.options
    const head = await this.until(({ status }) => status !== 'live')
    const state = new WorkflowState({}, { runId: this.runId })
    await bringBack({ store, serializer, blueprint: definitions.get(head.definitionHash)?.blueprint }, head, state)
    return state.toResult(serializer)
  }

  async status(): Promise<RunStatus | 'running'> {
    return storedStatus(this.options.store, await this.head())
  }

  async explain(): Promise<Explanation> {
    return explainStoredRun(this.options, await this.head())
  }

  async *events(): AsyncGenerator<RunEvent> {
    let last: RunEvent | undefined
    let revision = 0
    for await (const head of this.watch()) {
      const seq = last?.seq ?? 0
      if (head.seq < seq || head.revision < revision) throw runSetBack(this.runId)
      // A run may have been set back and have got as far again.
      const mayBeAnother = head.status !== 'live' && head.revision !== revision
      revision = head.revision
      if (seq < head.seq || mayBeAnother) {
        for await (const page of readJournalPages(this.options, head, last)) {
          yield* page
          last = page.at(-1) ?? last
        }
      }
      if (head.status !== 'live') return
    }
  }

  async journal(): Promise<readonly RunEvent[]> {
    return readWholeJournal(this.options, await this.head())
  }

  async snapshot(): Promise<string> {
    const { runId } = this
    const message = `run "${runId}" is kept in a store, so it has no snapshot; any process goes on with it by runtime.open("${runId}")`
    throw new HeddleError('INVALID_STATE', message, { details: { runId } })
  }

  async waits(): Promise<readonly OpenWait[]> {
    return readOpenWaits(this.options.store, await this.head())
  }

  async resume(nameOrId: string, payload?: unknown, action?: string): Promise<void> {
    await this.head()
    await resumeRun(this.options, this.runId, nameOrId, payload, action)
    this.options.hints.tell(this.runId)
  }

  async resumeByToken(token: string, payload?: unknown, action?: string): Promise<void> {
    const tokenHash = hashToken(token)
    const waitId = findByToken(await allWaitIds(this.options.store, await this.head()), tokenHash)
    if (waitId === undefined) throw invalidToken(this.runId)
    await resumeRun(this.options, this.runId, waitId, payload, action)
    this.options.hints.tell(this.runId)
  }

  /**
   * Cancels the run when a signal aborts; if it has, before this resolves.
   *
   * @returns stops watching the signal
   */
  async cancelOn(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) {
      await this.cancel(String(signal.reason))
      return () => undefined
    }
    return watchSignal(signal, (reason) => void this.cancelOrTell(reason))
  }

  private async cancelOrTell(reason: string): Promise<void> {
    try {
      await this.cancel(reason)
    } catch (error) {
      const { runId } = this
      this.options.logger.error({ err: error, runId }, 'a run could not be cancelled when its signal aborted')
    }
  }

  async cancel(reason?: string): Promise<void> {
    await this.head()
    await cancelRun(this.options, this.runId, reason)
    this.options.hints.tell(this.runId)
  }
}
