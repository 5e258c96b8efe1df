import { EventEmitter } from 'eventemitter3'
import type { RunEvent, RunEventType } from '../model/run-event.ts'
import type { IEventBus, RunEventListener } from '../ports/event-bus.ts'
import type { ILogger } from '../ports/logger.ts'
import { silentLogger } from './silent-logger.ts'
import { isThenable } from '../model/value-kinds.ts'

/**
 * Events to listeners in this process, by eventemitter3. Listeners are called at once, in the order in which they registered. A
 * listener that throws, rejects or never ends changes nothing: it is logged, and the others hear the event all the same.
 *
 * @example
 * ```ts
 * const off = runtime.eventBus.on('node.failed', (event) => alert(event.nodeId, event.error.message))
 * ```
 */
export class EventBus implements IEventBus {
  readonly #emitter = new EventEmitter()
  readonly #logger: ILogger
  /** Counted here, since a run asks before each decision. */
  #listeners = 0

  /** @param logger is told at `error` of every listener that throws or rejects; silent by default */
  constructor(logger: ILogger = silentLogger) {
    this.#logger = logger
  }

  emit(event: RunEvent): void {
    // A guarded listener never throws, so the emitter reaches all of them.
    if (this.#listeners === 0) return
    this.#emitter.emit(event.type, event)
    this.#emitter.emit('*', event)
  }

  on<T extends RunEventType | '*'>(type: T, listener: RunEventListener<T>): () => void {
    const guarded = (event: RunEvent): void => {
      try {
        // Only events of this type are emitted under its name.
        const returned = (listener as RunEventListener)(event)
        if (isThenable(returned)) void Promise.resolve(returned).catch((error: unknown) => this.#report(event, error))
      } catch (error) {
        this.#report(event, error)
      }
    }
    this.#emitter.on(type, guarded)
    this.#listeners++
    return () => {
      if (this.#emitter.listeners(type).includes(guarded)) this.#listeners--
      this.#emitter.off(type, guarded)
    }
  }

  hasListeners(): boolean {
    return this.#listeners > 0
  }

  #report(event: RunEvent, err: unknown): void {
    try {
      this.#logger.error(
        { err, runId: event.runId, seq: event.seq, type: event.type },
        'A listener of run events failed; the run goes on.',
      )
    } catch {
      // The logger itself is broken: nobody is left to tell, and a run must not suffer from it.
    }
  }
}
