import { HeddleError } from '../errors/heddle-error.ts'
import type { ToleratedFailures } from '../model/outcome.ts'
import { SuspendRequest, type BuiltInContext, type BuiltInNode } from '../execution/engine/engine.ts'
import { collectItems } from './collect-items.ts'

/** Params of a `map` node. Handlers are registry names. */
export interface MapParams {
  /** Runs once for each item, with `item` and `index` in its context. */
  readonly each: string
  /** Answers the items. Without it the node's input is the items. */
  readonly over?: string
  /** How many items may be under way at once. @default all */
  readonly concurrency?: number
  /** How many items may fail without failing the map; their outputs are `undefined`. @default none */
  readonly tolerated?: ToleratedFailures
}

/** Runs a handler for each item of an array or (async) iterable; its output holds theirs in item order. */
export const mapNode: BuiltInNode = {
  handlerNames: (params) => [params['each'], params['over']].filter((name) => typeof name === 'string'),
  attempt: (context) => {
    if (context.visit.item !== -1) return context.engine.handler(paramsOf(context).each)(context)
    const { resumption } = context
    if (resumption?.type !== 'items-settled') return openMap(context)
    if (resumption.tolerated) return context.inputs.itemOutputs(context.visit)
    const first = context.inputs.itemError(context.visit)
    const reason = first instanceof Error ? `; the first one with: ${first.message}` : ''
    throw new HeddleError(
      'MAP_FAILED',
      `${resumption.failedItems} item${resumption.failedItems === 1 ? '' : 's'} of map "${context.nodeId}" failed, more than it tolerates (params.tolerated)${reason}`,
      {
        details: { nodeId: context.nodeId, failedItems: resumption.failedItems },
        cause: first,
      },
    )
  },
}

function paramsOf(context: BuiltInContext): MapParams {
  return context.settings as unknown as MapParams
}

async function openMap(context: BuiltInContext): Promise<SuspendRequest> {
  const { over, concurrency, tolerated } = paramsOf(context)
  const source: unknown = over === undefined ? context.input : await context.engine.handler(over)(context)
  const items = await collectItems(context, source)
  return new SuspendRequest({
    type: 'items',
    items,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(tolerated === undefined ? {} : { tolerated }),
  })
}
