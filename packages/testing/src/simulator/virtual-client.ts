import { FlowRuntime, isHeddleError, type RunHandle, type WaitId } from '@heddle/core'
import { answerTo, inputOf, runIdOf, type SimulationPlan } from './simulation-plan.ts'
import { VirtualProcess, type ProcessWorld } from './virtual-process.ts'
import type { ServedWorld } from './virtual-worker.ts'

/** After how many milliseconds something is tried again that failed. */
const againMs = 400

/** The longest time until a wait is answered, in milliseconds. */
const thinkingMs = 1500

/** The longest time until a run is started, in milliseconds. */
const startWithinMs = 100

/**
 * Whoever asks for the runs of a world: starts them and answers their waits, and asks again for what may not have been heard. Its line
 * has faults, but it does not die.
 */
export class VirtualClient {
  private readonly plan: SimulationPlan
  private readonly seed: number
  private readonly world: ProcessWorld
  private readonly runtime: FlowRuntime
  private readonly handles: Map<string, RunHandle<unknown, object, object>> = new Map()
  private readonly looking: Set<string> = new Set()
  private readonly onError: (error: unknown) => void

  /** @param onError is told of what no retry mends */
  constructor(plan: SimulationPlan, seed: number, world: ServedWorld, onError: (error: unknown) => void) {
    this.plan = plan
    this.seed = seed
    this.world = world
    this.onError = onError
    const process = new VirtualProcess(
      'client',
      world,
      (kind) => kind === 'error' || kind === 'resend' || kind === 'lostTail',
      () => undefined,
    )
    this.runtime = new FlowRuntime({
      ...plan.ports,
      store: world.store.seenBy(process),
      queue: world.queue.seenBy(process),
      clock: process.clock,
    })
  }

  /** Starts every run. Runs that are there already stay as they are. */
  begin(): void {
    for (let run = 0; run < this.plan.runs; run++) this.post(startWithinMs, () => this.start(run, runIdOf(run)))
  }

  private post(withinMs: number, act: () => Promise<void>): void {
    // Not awaited: the world has to go on for it to end.
    this.world.time.post(this.world.draw(withinMs), () => void act().catch(this.onError))
  }

  private async start(run: number, runId: string): Promise<void> {
    const { plan, seed } = this
    const { context, onFailure } = plan.options
    try {
      const handle = await this.runtime.start(plan.workflow, inputOf(plan, { seed, run }), {
        runId,
        ...(context === undefined ? {} : { context }),
        ...(onFailure === undefined ? {} : { onFailure }),
      })
      this.handles.set(runId, handle)
    } catch (error) {
      if (!isHeddleError(error, 'STORE_UNAVAILABLE')) throw error
      this.post(againMs, () => this.start(run, runId))
    }
  }

  /** A run may have open waits: after a while those that have an answer get it. */
  look(runId: string): void {
    if (this.looking.has(runId)) return
    this.looking.add(runId)
    this.post(thinkingMs, async () => {
      this.looking.delete(runId)
      await this.answer(runId)
    })
  }

  private async answer(runId: string): Promise<void> {
    const handle = this.handles.get(runId)
    if (handle === undefined) {
      this.look(runId)
      return
    }
    try {
      for (const wait of await handle.waits()) {
        const answer = answerTo(this.plan, wait)
        if (answer !== undefined) await handle.resume(wait.waitId as WaitId, answer.payload, answer.action)
      }
    } catch (error) {
      const isOver = isHeddleError(error, 'WAIT_ANSWERED') || isHeddleError(error, 'WAIT_EXPIRED')
      const mayPass = isHeddleError(error) && error.retryable
      if (!isOver && !mayPass && !isHeddleError(error, 'UNKNOWN_RUN')) throw error
      this.look(runId)
    }
  }
}
