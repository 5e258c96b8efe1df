import { bullmqJobQueue, redisCoordinationStore } from '@heddle/bullmq'
import { createWorker, FlowRuntime } from '@heddle/core'
import type { WorkflowBlueprint } from '@heddle/core'
import type { RecoveryParts } from './contract.ts'

const blueprint: WorkflowBlueprint = { id: 'hold', nodes: [{ id: 'hold', uses: 'step' }], edges: [] }

/** A run of one node, with the leases and the sweeper that a worker has when it is told nothing. */
export const recovery: RecoveryParts = {
  work: async ({ url, name }, step) => {
    createWorker({
      blueprints: [blueprint],
      registry: { step: ({ runId }: { readonly runId: string }) => step(runId) },
      store: redisCoordinationStore({ url, prefix: name }),
      queue: bullmqJobQueue({ url, prefix: name }),
      concurrency: 10,
    })
  },

  connect: ({ url, name }) => {
    const runtime = new FlowRuntime({
      registry: { step: () => undefined },
      store: redisCoordinationStore({ url, prefix: name }),
      queue: bullmqJobQueue({ url, prefix: name }),
    })
    return async (runId) => {
      await runtime.start(blueprint, undefined, { runId })
    }
  },
}
