import type { NodeContext, WorkflowBlueprint } from 'flowcraft'
import type { RecoveryParts } from './contract.ts'
import { FlowcraftClient, FlowcraftWorker } from './flowcraft-redis.ts'

const blueprint: WorkflowBlueprint = { id: 'hold', nodes: [{ id: 'hold', uses: 'step' }], edges: [] }

/** A run of one node. Its workers recover by the stalled check of BullMQ; they have no option for that. */
export const recovery: RecoveryParts = {
  work: async ({ url, name }, step) => {
    const registry = {
      // A handler is not told its run.
      step: async ({ context }: NodeContext) => {
        await step(String(await context.get('run')))
        return { output: 1 }
      },
    }
    new FlowcraftWorker({ url, queueName: name, blueprint, registry }).start()
  },

  connect: ({ url, name }) => {
    const client = new FlowcraftClient(url, name)
    return async (runId) => {
      await client.contextOf(runId).set('run', runId)
      await client.start(runId, blueprint.id, 'hold')
    }
  },
}
