import type { NodeConfig, NodeDefinition, WorkflowBlueprint } from '../src/model/blueprint.ts'
import type { Handler, NodeContext } from '../src/ports/node-context.ts'
import type { CreateWorkerOptions } from '../src/runtime/create-worker.ts'
import type { FlowRuntime } from '../src/runtime/flow-runtime.ts'
import type { Worker } from '../src/worker/worker.ts'
import { machines, type Machines } from './machines.ts'
import { settle } from './while-time-passes.ts'

/** A node whose handler is `work`, and whose attempts share a key. */
export const limited = (id: string, config: NodeConfig = {}): NodeDefinition => ({
  id,
  uses: 'work',
  config: { concurrencyKey: 'press', ...config },
})
/** One such node. */
export const printing: WorkflowBlueprint = { id: 'print', nodes: [limited('a')], edges: [] }

/** Workers whose handlers take a second, or until they are aborted, and are watched. */
export interface Presses extends Machines {
  readonly registry: Readonly<Record<string, Handler>>
  /** When attempts began, by the clock. */
  readonly began: readonly number[]
  /** How many were under way at most. */
  readonly most: () => number
  /** A client that knows `printing`, and a way to open workers for it. */
  readonly runtime: FlowRuntime
  readonly worker: (options: Partial<CreateWorkerOptions>) => Worker
  /** Lets time pass, in milliseconds. */
  readonly advance: (ms: number) => Promise<void>
}

/** Machines with handlers that take a second. */
export function presses(): Presses {
  const all = machines()
  const { clock } = all
  const began: number[] = []
  let underWay = 0
  let most = 0
  const work = async ({ signal }: NodeContext): Promise<number> => {
    began.push(clock.now())
    most = Math.max(most, ++underWay)
    await new Promise<void>((resolve) => {
      clock.schedule(1000, resolve)
      signal.addEventListener('abort', () => resolve())
    })
    return --underWay
  }
  const registry = { work }
  return {
    ...all,
    registry,
    began,
    most: () => most,
    runtime: all.client({ registry, blueprints: { print: printing } }),
    worker: (options) => all.work({ registry, blueprints: [printing], ...options }),
    advance: async (ms) => {
      for (let passed = 0; passed < ms; passed += 100) {
        await settle()
        clock.advance(100)
      }
      await settle()
    },
  }
}
