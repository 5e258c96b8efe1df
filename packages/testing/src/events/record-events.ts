import { HeddleError, type IEventBus, type RunEvent, type RunEventOf, type RunEventType } from '@heddle/core'

/** What a recorder listens to: a runtime, or its event bus. */
export type EventSource = IEventBus | { readonly eventBus: IEventBus }

/** Options of {@link recordEvents}. */
export interface RecordEventsOptions {
  /** Keeps the events of this run only. @default the events of all runs, child runs included */
  readonly runId?: string
}

/** The events of a runtime, as they came. */
export interface EventRecorder {
  /** All events so far, in order. The list is live: it grows. */
  readonly events: readonly RunEvent[]
  /** The events of one type. */
  ofType<T extends RunEventType>(type: T): RunEventOf<T>[]
  /** The events that tell of one node. */
  ofNode(nodeId: string): RunEvent[]
  /** The types of all events, in order. */
  types(): RunEventType[]
  /**
   * The first event that fits, recorded before or yet to come.
   *
   * @throws HeddleError `ALREADY_CLOSED` if the recorder is stopped before such an event comes
   */
  waitFor<E extends RunEvent>(predicate: (event: RunEvent) => event is E): Promise<E>
  /** The first event that fits. @throws HeddleError `ALREADY_CLOSED` */
  waitFor(predicate: (event: RunEvent) => boolean): Promise<RunEvent>
  /** Forgets what was recorded. */
  clear(): void
  /** Records nothing more. What was recorded stays. */
  stop(): void
}

/**
 * Records the events of a runtime, from now on.
 *
 * @example
 * ```ts
 * const runtime = new FlowRuntime({ registry: { hello: () => 'hello' } })
 * const recorder = recordEvents(runtime)
 * await runtime.run({ id: 'greet', nodes: [{ id: 'say', uses: 'hello' }], edges: [] })
 * console.log(recorder.types()) // [ 'run.started', 'node.ready', 'node.started', 'node.completed', 'run.completed' ]
 * recorder.stop()
 * ```
 */
export function recordEvents(source: EventSource, options: RecordEventsOptions = {}): EventRecorder {
  return new Recorder('eventBus' in source ? source.eventBus : source, options.runId)
}

interface Waiter {
  readonly fits: (event: RunEvent) => boolean
  readonly resolve: (event: RunEvent) => void
  readonly reject: (error: HeddleError) => void
}

class Recorder implements EventRecorder {
  readonly events: RunEvent[] = []
  private readonly waiters = new Set<Waiter>()
  private readonly off: () => void
  private isStopped = false

  constructor(eventBus: IEventBus, runId: string | undefined) {
    this.off = eventBus.on('*', (event) => {
      if (runId === undefined || event.runId === runId) this.add(event)
    })
  }

  ofType<T extends RunEventType>(type: T): RunEventOf<T>[] {
    return this.events.filter((event): event is RunEvent & RunEventOf<T> => event.type === type)
  }

  ofNode(nodeId: string): RunEvent[] {
    return this.events.filter((event) => 'nodeId' in event && event.nodeId === nodeId)
  }

  types(): RunEventType[] {
    return this.events.map(({ type }) => type)
  }

  waitFor<E extends RunEvent>(predicate: (event: RunEvent) => event is E): Promise<E>
  waitFor(predicate: (event: RunEvent) => boolean): Promise<RunEvent>
  waitFor(predicate: (event: RunEvent) => boolean): Promise<RunEvent> {
    const known = this.events.find((event) => predicate(event))
    if (known !== undefined) return Promise.resolve(known)
    if (this.isStopped) return Promise.reject(stoppedError())
    return new Promise((resolve, reject) => {
      this.waiters.add({ fits: predicate, resolve, reject })
    })
  }

  clear(): void {
    this.events.length = 0
  }

  stop(): void {
    this.isStopped = true
    this.off()
    for (const { reject } of this.waiters) reject(stoppedError())
    this.waiters.clear()
  }

  private add(event: RunEvent): void {
    this.events.push(event)
    for (const waiter of this.waiters) {
      if (!waiter.fits(event)) continue
      this.waiters.delete(waiter)
      waiter.resolve(event)
    }
  }
}

function stoppedError(): HeddleError {
  return new HeddleError('ALREADY_CLOSED', 'the event recorder was stopped before an event came that fits')
}
