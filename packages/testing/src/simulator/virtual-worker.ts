import { createWorker, type Middleware } from '@heddle/core'
import type { SimulationPlan } from './simulation-plan.ts'
import type { ProcessWorld, VirtualProcess } from './virtual-process.ts'
import type { VirtualQueue } from './virtual-queue.ts'
import type { VirtualStore } from './virtual-store.ts'

/** A world with the store and the queue that its processes reach. */
export interface ServedWorld extends ProcessWorld {
  readonly store: VirtualStore
  readonly queue: VirtualQueue
  readonly continuesInWorker: boolean
}

/** Less often than a real worker does, since there is no more to be found by it. */
const defaultSweepMs = 4000

/** The longest time that a handler takes without a fault, in milliseconds. */
const handlerMs = 40

/** Lets a worker live in a process: the one that `createWorker` opens anywhere, over lines with faults. */
export function openVirtualWorker(plan: SimulationPlan, world: ServedWorld, process: VirtualProcess): void {
  const { concurrency, keyLimits, sweepMs = defaultSweepMs, dependencies, middleware = [] } = plan.options
  const worker = createWorker({
    ...plan.ports,
    workflows: [plan.workflow],
    store: world.store.seenBy(process),
    queue: world.queue.seenBy(process),
    clock: process.clock,
    limits: plan.limits,
    continueInWorker: world.continuesInWorker,
    sweepMs,
    random: () => world.draw(1000) / 1000,
    yieldTurn: (callback) => void process.clock.schedule(0, callback),
    middleware: [takeTime(plan, world, process), ...middleware],
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(keyLimits === undefined ? {} : { keyLimits }),
    ...(dependencies === undefined ? {} : { dependencies: dependencies(process.clock) }),
  })
  process.endsBy((withinMs) => worker.close({ withinMs }))
}

/** Makes attempts take time, by fault a long one. */
function takeTime({ slowest }: SimulationPlan, world: ProcessWorld, process: VirtualProcess): Middleware {
  return async ({ nodeId, runId }, next) => {
    const fault = world.schedule.next('attempt')
    const usualMs = world.draw(3) === 0 ? world.draw(handlerMs) : 0
    const delayMs = Math.min(fault?.amount ?? usualMs, slowest.get(nodeId) ?? Infinity)
    if (fault !== undefined) world.note(() => `${process.name} attempts ${runId} ${nodeId}: slow (${delayMs})`)
    if (delayMs > 0) await process.delay(delayMs)
    return next()
  }
}
