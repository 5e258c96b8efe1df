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
  readonly readJournal: () => Promise<readonly RunEvent[]>
  readonly eventBus: IEventBus
}

/** The handle of a run whose journal is kept: it may still be being opened, and its past is read from its journal. */
export class JournalledHandle implements RunHandle {
  readonly runId: string
  private readonly options: JournalledHandleOptions

  constructor(options: JournalledHandleOptions) {
    this.runId = options.runId
    this.options = options
    // Whoever asks the handle something is told; until then nobody needs to know that the run could not be opened.
    options.opened.catch(() => undefined)
  }

  async result(): Promise<WorkflowResult & { readonly output: unknown }> {
    const handle = await this.options.opened
    return handle.result()
  }

  async status(): Promise<RunStatus | 'running'> {
    return (await this.options.opened).status()
  }

  async explain(): Promise<Explanation> {
    return (await this.options.opened).explain()
  }

  events(): AsyncIterable<RunEvent> {
    const { eventBus, runId } = this.options
    // Listening begins before the past is read, so that no event falls between them.
    return this.joined(eventStream(eventBus, runId, [], false))
  }

  private async *joined(live: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
    await this.options.opened
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
    await this.options.opened
    return this.options.readJournal()
  }

  async snapshot(): Promise<string> {
    return (await this.options.opened).snapshot()
  }

  async waits(): Promise<readonly OpenWait[]> {
    return (await this.options.opened).waits()
  }

  async resume(nameOrId: string, payload?: unknown, action?: string): Promise<void> {
    const handle: RunHandle = await this.options.opened
    await handle.resume(nameOrId, payload, action)
  }

  async resumeByToken(token: string, payload?: unknown, action?: string): Promise<void> {
    await (await this.options.opened).resumeByToken(token, payload, action)
  }

  async cancel(reason?: string): Promise<void> {
    await (await this.options.opened).cancel(reason)
  }
}
