import { FlowRuntime, type RunHandle, type WaitId } from '@heddle/core'
import { eventLoopTurn } from '../clock/event-loop-turn.ts'
import { canonicalResult } from './canonical-result.ts'
import { promisesSettled } from './promises-settled.ts'
import type { RunPlace } from './simulate-options.ts'
import { answerTo, inputOf, runIdOf, type SimulationPlan } from './simulation-plan.ts'
import { VirtualTime } from './virtual-time.ts'

/** After so many turns of the event loop in which nothing happened, a run is at rest. */
const quietTurns = 3

/** The results of undisturbed runs in this process, without what may differ, by run id and input. */
export class References {
  private readonly plan: SimulationPlan
  private readonly known: Map<string, Promise<string>> = new Map()

  constructor(plan: SimulationPlan) {
    this.plan = plan
  }

  /** The run of a world, undisturbed. Its id is the same, since handlers may put it into what they answer. */
  get(place: RunPlace): Promise<string> {
    const runId = runIdOf(place.run)
    const input = inputOf(this.plan, place)
    const key = `${runId} ${this.plan.serializer.serialize(input)}`
    let reference = this.known.get(key)
    if (reference === undefined) {
      reference = this.run(runId, input)
      this.known.set(key, reference)
    }
    return reference
  }

  private async run(runId: string, input: unknown): Promise<string> {
    const { plan } = this
    const { context, onFailure, middleware, dependencies } = plan.options
    const time = new VirtualTime()
    const runtime = new FlowRuntime({
      ...plan.ports,
      ...(middleware === undefined ? {} : { middleware }),
      ...(dependencies === undefined ? {} : { dependencies: dependencies(time) }),
      clock: time,
      random: () => 0,
    })
    const options = {
      runId,
      ...(context === undefined ? {} : { context }),
      ...(onFailure === undefined ? {} : { onFailure }),
    }
    const handle = await runtime.start(plan.workflow, input, options)
    const end = watch(handle.result())
    for (let quiet = 0; !end.isThere && quiet < quietTurns;) {
      await promisesSettled()
      if ((await this.answerWaits(handle)) || (await time.step())) quiet = 0
      else {
        // The run may have let other tasks of the process have their turn.
        await eventLoopTurn()
        quiet++
      }
    }
    // A run that waits for an answer that nobody gives has no end, but it has a result.
    const settled = await (end.isThere ? end.result : runtime.run(plan.workflow, input, options))
    return canonicalResult(plan.workflow, settled)
  }

  /** @returns whether there was something to answer */
  private async answerWaits(handle: RunHandle<unknown, object, object>): Promise<boolean> {
    let isAnswered = false
    for (const wait of await handle.waits()) {
      const answer = answerTo(this.plan, wait)
      if (answer === undefined) continue
      isAnswered = true
      await handle.resume(wait.waitId as WaitId, answer.payload, answer.action)
    }
    return isAnswered
  }
}

/** Tells whether a promise has settled. */
function watch<T>(result: Promise<T>): { readonly result: Promise<T>; readonly isThere: boolean } {
  const end = { result, isThere: false }
  const note = (): void => {
    end.isThere = true
  }
  void result.then(note).catch(note)
  return end
}
