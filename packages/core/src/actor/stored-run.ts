import { HeddleError } from '../errors/heddle-error.ts'
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
import { readEventPages, readEvents } from './event-feed.ts'
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

  private watch(): AsyncGenerator<RunHead> {
    return watchRun(this.runId, this.options, () => this.head())
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
    const { store, serializer } = this.options
    let seq = 0
    let incarnation: string | undefined
    for await (const head of this.watch()) {
      incarnation ??= head.incarnation
      if (incarnation !== head.incarnation) throw this.replaced()
      if (seq < head.seq) {
        for await (const page of readEventPages(store, serializer, head, seq)) {
          yield* page
          seq = page.at(-1)?.seq ?? seq
        }
      }
      if (head.status !== 'live') return
    }
  }

  private replaced(): HeddleError {
    const { runId } = this
    const message = `run "${runId}" was removed and its id used for another run; open that one`
    return new HeddleError('UNKNOWN_RUN', message, { details: { runId } })
  }

  async journal(): Promise<readonly RunEvent[]> {
    const { store, serializer } = this.options
    return readEvents(store, serializer, await this.head(), 0)
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
