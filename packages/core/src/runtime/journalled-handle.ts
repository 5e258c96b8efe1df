import { isLastEvent } from '../model/last-event.ts'
import type { Explanation } from '../model/explanation.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunStatus } from '../model/run-status.ts'
import type { OpenWait, WorkflowResult } from '../model/workflow-result.ts'
import type { IEventBus } from '../ports/event-bus.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { eventStream } from './event-stream.ts'

/** What the handle of a run with a journal is made of. */
export interface JournalledHandleOptions {
  readonly runId: string
  /** The handle of the run in this process, once its journal is open. */
  readonly opened: Promise<RunHandle>
  /** Looks for the run once more, after it could not be opened. */
  readonly openAgain: () => Promise<RunHandle>
  readonly readJournal: () => Promise<readonly RunEvent[]>
  readonly eventBus: IEventBus
}

/**
 * The handle of a run whose journal is kept: it may still be being opened, and its past is read from its journal. A run that could not be
 * opened is looked for again when the handle is next asked something: it may have been begun, let go of or mended since.
 */
export class JournalledHandle implements RunHandle {
  readonly runId: string
  private readonly options: JournalledHandleOptions
  private opened: Promise<RunHandle>
  private isRefused = false

  constructor(options: JournalledHandleOptions) {
    this.runId = options.runId
    this.options = options
    this.opened = this.noting(options.opened)
  }

  private noting(opened: Promise<RunHandle>): Promise<RunHandle> {
    // Whoever asks the handle something is told; until then nobody needs to know that the run could not be opened.
    opened.catch(() => {
      this.isRefused = true
    })
    return opened
  }

  private whenOpen(): Promise<RunHandle> {
    if (this.isRefused) {
      this.isRefused = false
      this.opened = this.noting(this.options.openAgain())
    }
    return this.opened
  }

  async result(): Promise<WorkflowResult & { readonly output: unknown }> {
    const handle = await this.whenOpen()
    return handle.result()
  }

  async status(): Promise<RunStatus | 'running'> {
    return (await this.whenOpen()).status()
  }

  async explain(): Promise<Explanation> {
    return (await this.whenOpen()).explain()
  }

  events(): AsyncIterable<RunEvent> {
    const { eventBus, runId } = this.options
    // Listening begins before the past is read, so that no event falls between them.
    return this.joined(eventStream(eventBus, runId, [], false))
  }

  private async *joined(live: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
    await this.whenOpen()
    let seq = 0
    for (const event of await this.journal()) {
      yield event
      seq = event.seq
      if (isLastEvent(event)) return
    }
    for await (const event of live) {
      const isLive = event.type === 'node.progress' || event.type === 'node.chunk'
      if (isLive || event.seq > seq) yield event
    }
  }

  async journal(): Promise<readonly RunEvent[]> {
    await this.whenOpen()
    return this.options.readJournal()
  }

  async snapshot(): Promise<string> {
    return (await this.whenOpen()).snapshot()
  }

  async waits(): Promise<readonly OpenWait[]> {
    return (await this.whenOpen()).waits()
  }

  async resume(nameOrId: string, payload?: unknown, action?: string): Promise<void> {
    const handle: RunHandle = await this.whenOpen()
    await handle.resume(nameOrId, payload, action)
  }

  async resumeByToken(token: string, payload?: unknown, action?: string): Promise<void> {
    await (await this.whenOpen()).resumeByToken(token, payload, action)
  }

  async cancel(reason?: string): Promise<void> {
    await (await this.whenOpen()).cancel(reason)
  }
}
