import { HeddleError } from '../errors/heddle-error.ts'
import { isThenable } from '../model/value-kinds.ts'
import type { BuiltInContext } from '../execution/engine/engine.ts'
import { tooManyItems } from '../execution/engine/map-size.ts'

/**
 * The items that a map is given: all of them, read before the first one starts. Reading ends with the attempt: at a cancel, at a timeout
 * and past the limit of items the iterator is told to `return`, and nobody waits for that. Meanwhile others have their turn.
 *
 * @throws HeddleError `MAP_NOT_ITERABLE`, `LIMIT_EXCEEDED`; what the iterable throws; the reason of the signal
 */
export async function collectItems(context: BuiltInContext, source: unknown): Promise<readonly unknown[]> {
  if (Array.isArray(source)) {
    const { nodeId, engine } = context
    if (source.length > engine.maxMapItems) throw tooManyItems(nodeId, engine.maxMapItems, source.length)
    return source as unknown[]
  }
  // Of a map that was cut off meanwhile nothing is opened.
  context.signal.throwIfAborted()
  return new ItemReader(context, iteratorOf(context, source)).read()
}

type Items = Iterator<unknown> | AsyncIterator<unknown>

function iteratorOf({ nodeId }: BuiltInContext, source: unknown): Items {
  if (typeof source === 'object' && source !== null) {
    if (Symbol.iterator in source) return (source as Iterable<unknown>)[Symbol.iterator]()
    if (Symbol.asyncIterator in source) return (source as AsyncIterable<unknown>)[Symbol.asyncIterator]()
  }
  const given = source === null ? 'null' : typeof source
  throw new HeddleError(
    'MAP_NOT_ITERABLE',
    `map "${nodeId}" was given ${given}; it needs an array or an iterable of items`,
    {
      details: { nodeId, given },
    },
  )
}

/** Reads one iterator to its end, unless the attempt ends before. */
class ItemReader {
  private readonly context: BuiltInContext
  private readonly iterator: Items
  private readonly signal: AbortSignal
  /** Whether the iterator has ended by itself: such a one is not told to. */
  private isOver = false
  private giveUp: (reason: unknown) => void = () => undefined

  constructor(context: BuiltInContext, iterator: Items) {
    this.context = context
    this.iterator = iterator
    this.signal = context.signal
  }

  async read(): Promise<readonly unknown[]> {
    const { signal } = this
    const onAbort = (): void => this.giveUp(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await this.readAll()
    } finally {
      signal.removeEventListener('abort', onAbort)
      if (!this.isOver) void this.close()
    }
  }

  private async readAll(): Promise<readonly unknown[]> {
    const { pacer, maxMapItems } = this.context.engine
    const items: unknown[] = []
    for (;;) {
      while (pacer.isDue()) await pacer.turn
      this.signal.throwIfAborted()
      const asked = this.ask()
      const step = isThenable(asked) ? await this.answerOf(asked) : asked
      if (step.done === true) {
        this.isOver = true
        return items
      }
      if (items.length === maxMapItems) throw tooManyItems(this.context.nodeId, maxMapItems)
      items.push(step.value)
    }
  }

  private ask(): IteratorResult<unknown> | Promise<IteratorResult<unknown>> {
    try {
      return this.iterator.next()
    } catch (error) {
      this.isOver = true
      throw error
    }
  }

  /** What an async iterator answers, unless the signal is quicker: an answer that never comes holds nothing up. */
  private answerOf(asked: PromiseLike<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> {
    const cutOff = new Promise<never>((_resolve, reject) => {
      this.giveUp = reject
    })
    return Promise.race([this.noteEnd(asked), cutOff])
  }

  private async noteEnd(asked: PromiseLike<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> {
    try {
      return await asked
    } catch (error) {
      this.isOver = true
      throw error
    }
  }

  /** Lets the `finally` of a generator run. One that hangs, or throws, changes nothing any more. */
  private async close(): Promise<void> {
    const { logger, nodeId } = this.context
    try {
      await this.iterator.return?.()
    } catch (error) {
      logger.warn({ err: error, nodeId }, 'the iterable of a map failed when it was told to end')
    }
  }
}
