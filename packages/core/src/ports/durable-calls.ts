import type { Duration } from '../model/duration.ts'
import type { Retry } from '../model/retry-options.ts'
import type { SchemaOutput, StandardSchema } from '../model/standard-schema.ts'
import type { InputOf, OutputOf, Workflow } from './workflow.ts'

/** Options of `step`. */
export interface StepOptions {
  /** How often the function is tried in this attempt. @default once */
  readonly retry?: Retry
  /**
   * Names that the step had in earlier versions of the handler: what was recorded under them counts as recorded. Of several steps of one
   * name the step is the one that stands where it stood; `pay#1` names the second one, wherever that was.
   */
  readonly formerly?: readonly string[]
}

/** Options of `waitFor`. */
export interface WaitForOptions<Schema extends StandardSchema = StandardSchema> {
  /** Checks the payload; what it makes of it is what `waitFor` answers. */
  readonly schema?: Schema
  /** After how long the wait expires, counted from when it opens. @default never */
  readonly timeout?: Duration
}

/** Options of `invoke`. */
export interface InvokeOptions {
  /** After how long the child run is cancelled, counted from its start. @default never */
  readonly timeout?: Duration
}

/**
 * Calls of a handler that are recorded, so that they outlive the process. A call is identified by its name and by how many calls of that
 * name its visit made before it; the handler has to make the same calls whenever it runs again.
 *
 * A call that has to wait (`sleep`, `waitFor`, `invoke`) suspends the handler: nothing is held meanwhile, the rest of the handler does
 * not run (no `finally` either), and later the handler runs again from its top, with what was recorded. So what must happen once only
 * belongs into a step. A handler is suspended as soon as none of its steps is under way.
 *
 * They may be taken out of the context: `async ({ step, sleep }) => …`.
 *
 * In handlers of nodes, of map items and of fallbacks; elsewhere they reject with `INVALID_STATE`. A call that is asked for as another
 * kind than it was recorded as, or not asked for any more before the handler returns, fails the attempt with `STEP_MISMATCH`.
 */
export interface DurableCalls {
  /**
   * Runs a function once: after it succeeded, it is never run again for this visit, also in later attempts, and its result is answered
   * from the record. The result must be serialisable; what is answered is what the serializer gives back, so it is a copy each time.
   * Several steps may be under way at once.
   *
   * @throws what the function threw in its last try, as the serializer gives it back; `NOT_SERIALISABLE`, `STEP_MISMATCH`
   * @example
   * ```ts
   * const receipt = await ctx.step('charge', () => payments.charge(ctx.input.card), { retry: { maxAttempts: 3, backoff: '1s' } })
   * ```
   */
  step<T>(this: void, name: string, fn: () => T, options?: StepOptions): Promise<Awaited<T>>
  /**
   * Declares that calls of this name were removed from the handler: what is recorded of them is not missed. With `#1` behind the name it
   * is the second one alone. A handler that removes all of a name must ask for none of that name: `STEP_MISMATCH`.
   *
   * @example
   * ```ts
   * ctx.removedStep('warm cache')
   * ```
   */
  removedStep(this: void, name: string): void
  /**
   * Waits for a time, or until a moment; one that has passed ends at once. A time counts from the call.
   *
   * @throws HeddleError `INVALID_OPTION` if it is none
   * @example
   * ```ts
   * await ctx.sleep('cool down', '30d')
   * ```
   */
  sleep(this: void, name: string, duration: Duration | Date): Promise<void>
  /**
   * Waits for `resume(name, payload)` from outside, and answers the payload.
   *
   * @throws HeddleError `WAIT_TIMEOUT` if nobody answered in time; `INVALID_PAYLOAD` if the payload was accepted without a schema, since
   *   the process that had it was gone, and does not match it
   * @example
   * ```ts
   * const { ok } = await ctx.waitFor('approval', { schema: z.object({ ok: z.boolean() }), timeout: '2d' })
   * ```
   */
  waitFor<Schema extends StandardSchema = StandardSchema>(
    this: void,
    name: string,
    options?: WaitForOptions<Schema>,
  ): Promise<SchemaOutput<Schema>>
  /**
   * Runs another workflow as a child run, and answers its output. The runtime, or the worker, must have been given that workflow.
   *
   * @throws HeddleError `SUBFLOW_FAILED` with the child's error as cause; `INVOKE_TIMEOUT`; `UNKNOWN_BLUEPRINT`, `NOT_SERIALISABLE`
   * @example
   * ```ts
   * const { invoiceId } = await ctx.invoke('bill', billing, { orderId: ctx.input.orderId }, { timeout: '1h' })
   * ```
   */
  invoke<W extends Workflow>(
    this: void,
    name: string,
    workflow: W,
    input: InputOf<W>,
    options?: InvokeOptions,
  ): Promise<OutputOf<W>>
  /** The same by the id of a workflow that the runtime, or the worker, was given. */
  invoke(this: void, name: string, blueprintId: string, input?: unknown, options?: InvokeOptions): Promise<unknown>
  /**
   * Tells listeners of something, once for each visit: the event `event.emitted`, which is journalled.
   *
   * @throws HeddleError `NOT_SERIALISABLE`
   */
  emit(this: void, event: string, payload?: unknown): Promise<void>
}
