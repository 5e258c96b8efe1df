import type { RunEvent, RunEventType } from '../model/run-event.ts'

/** An event of one type, or any event for `'*'`. */
export type RunEventOf<T extends RunEventType | '*'> = T extends '*' ? RunEvent : RunEvent & { readonly type: T }

/** Called with each event. What it returns is not awaited; what it throws or rejects with is reported and changes nothing. */
export type RunEventListener<T extends RunEventType | '*' = '*'> = (event: RunEventOf<T>) => unknown

/** Hands the events of runs to listeners in this process. The default is {@link EventBus}. */
export interface IEventBus {
  /** Calls the listeners of the event's type, then those of all events. Never throws and never waits. */
  emit(event: RunEvent): void
  /**
   * Registers a listener for one type of event, or for all with `'*'`.
   *
   * @returns a function that removes the listener; calling it again does nothing
   */
  on<T extends RunEventType | '*'>(type: T, listener: RunEventListener<T>): () => void
  /** Whether anybody listens; a run computes no events for nobody. */
  hasListeners(): boolean
}
