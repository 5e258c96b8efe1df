import { HeddleError } from '../../errors/heddle-error.ts'
import { CelEvaluator } from '../../defaults/cel-evaluator.ts'
import { EventBus } from '../../defaults/event-bus.ts'
import { silentLogger } from '../../defaults/silent-logger.ts'
import { systemClock } from '../../defaults/system-clock.ts'
import type { ISerializer } from '../../ports/serializer.ts'
import type { Engine } from './engine.ts'
import { defaultMaxMapItems } from './map-size.ts'
import { Pacer } from './pacer.ts'
import { defaultMaxSubflowDepth } from './subflow-depth.ts'
import { yieldTurn } from './yield-turn.ts'

/** An engine without handlers, with the default of every port. */
export function standaloneEngine(serializer: ISerializer): Engine {
  return {
    handler: (name) => {
      throw new HeddleError('UNKNOWN_HANDLER', `no handler is registered under "${name}"`, { details: { uses: name } })
    },
    builtIn: () => undefined,
    waitSchema: () => undefined,
    startChild: ({ on }) => {
      throw new HeddleError('UNKNOWN_BLUEPRINT', `no workflow is registered under "${on.blueprintId}"`, {
        details: { blueprintId: on.blueprintId },
      })
    },
    evaluator: new CelEvaluator(),
    serializer,
    logger: silentLogger,
    clock: systemClock,
    eventBus: new EventBus(),
    dependencies: undefined,
    middleware: [],
    maxSubflowDepth: defaultMaxSubflowDepth,
    random: Math.random,
    yieldTurn,
    pacer: new Pacer(systemClock, yieldTurn),
    maxMapItems: defaultMaxMapItems,
    checkValue: () => undefined,
    plans: new WeakMap(),
  }
}
