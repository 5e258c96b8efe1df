import { FlowRuntime } from '@heddle/core'
import { openServices } from './services.ts'
import { invitations } from './workflow.ts'

const guests = ['Ada', 'Alan', 'Barbara', 'Edsger', 'Frances', 'Grace', 'John', 'Margaret', 'Niklaus', 'Tony']

const { store, queue, close } = openServices()
const runtime = new FlowRuntime({ store, queue })

// The id makes the start safe to repeat: a second one finds the same run.
const run = await runtime.start(invitations, { guests }, { runId: `party-${process.pid}` })
console.log('has started the run')

let drawn = 0
for await (const event of run.events()) {
  if (event.type === 'node.completed' && event.nodeId === 'draw' && event.item !== undefined) {
    console.log(`sees ${++drawn} of ${guests.length} cards`)
  }
  if (event.type === 'run.awaiting') await run.resume('approval', { ok: true })
}

const { status, output } = await run.result()
console.log(`sees the run ${status}, with ${output?.length ?? 0} cards sent`)
await close()
