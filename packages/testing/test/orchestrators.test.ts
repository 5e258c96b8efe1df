import {
  blobCoordinationStore,
  EventDrivenOrchestrator,
  memoryBlobStore,
  memoryCoordinationStore,
  ReplayOrchestrator,
  ResumptionOrchestrator,
  RunToCompletionOrchestrator,
  StepByStepOrchestrator,
  type IOrchestrator,
} from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { describeOrchestrator } from '../src/conformance.ts'
import type { Trial } from '../src/conformance/orchestrator-harness.ts'

const test = { describe, it, expect }

describeOrchestrator('RunToCompletionOrchestrator', () => new RunToCompletionOrchestrator(), { test })

describeOrchestrator('StepByStepOrchestrator', () => new StepByStepOrchestrator(), {
  test,
  skip: {
    'a node starts as soon as its own join fires, with no barrier between batches':
      'a step is a batch, and waits for all of it',
  },
})

describeOrchestrator('ResumptionOrchestrator', () => new ResumptionOrchestrator(new RunToCompletionOrchestrator()), {
  test,
})

describeOrchestrator('EventDrivenOrchestrator', () => new EventDrivenOrchestrator(), { test })

describeOrchestrator(
  'EventDrivenOrchestrator whose worker goes on with successors',
  () => new EventDrivenOrchestrator({ continueInWorker: true }),
  { test },
)

describeOrchestrator(
  'EventDrivenOrchestrator with all values in a blob store',
  ({ clock }) => {
    const store = memoryCoordinationStore({ clock })
    return new EventDrivenOrchestrator({
      store: blobCoordinationStore({ store, blobs: memoryBlobStore(), maxInlineBytes: 0 }),
    })
  },
  { test },
)

/** Lets a run be recorded, and answers what a replay of its events says. */
function replayOf({ runtime, blueprint, options, events }: Trial): IOrchestrator {
  const recorder = new RunToCompletionOrchestrator()
  return {
    run: async (traverser, executorFactory, state, services) => {
      await recorder.run(traverser, executorFactory, state, services)
      const again = runtime.prepare(blueprint, options.input, { runId: state.runId, context: options.context ?? {} })
      const replay = new ReplayOrchestrator(events())
      return replay.run(again.traverser, again.executorFactory, again.state, again.services)
    },
  }
}

describeOrchestrator('ReplayOrchestrator', replayOf, {
  test,
  skip: {
    'a handler that throws something that is no Error fails with NODE_FAILED, the value as its cause':
      'a journal keeps errors as plain data: a cause that is no Error becomes its description',
    'an output that cannot be stored fails its node with the path to the value, and the rest of the state is intact':
      'a journal keeps name, message, code, stack and cause of an error, and no details',
    'a wait of a child run shows in the parent, and is resumed through it': 'a child run has a journal of its own',
    'a child run that waits a second time goes on from there: nothing in it, nor beside it, runs again':
      'a child run has a journal of its own',
    'waits of one name in several child runs have ids that say which visit leads to them, and each id reaches its own':
      'a child run has a journal of its own',
    'a wait of a child run is answered once, also when the child or the whole run is over':
      'a child run has a journal of its own',
    'a handler runs other workflows as child runs, several at once; their failures, and the end of its patience, can be caught':
      'a child run has a journal of its own',
  },
})
