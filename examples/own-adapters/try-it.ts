import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createWorker, defineWorkflow, FlowRuntime, ofType } from '@heddle/core'
import { FolderJobQueue } from './folder-job-queue.ts'
import { ownStore } from './own-store.ts'

const greeting = defineWorkflow('greeting', { input: ofType<{ name: string }>() })
  .node('greet', ({ input }) => `Hello, ${input.name}!`)
  .node('shout', { after: 'greet' }, ({ deps }) => deps.greet.toUpperCase())
  .build()

const folder = await mkdtemp(path.join(tmpdir(), 'heddle-jobs-'))
const queue = new FolderJobQueue(folder)
const store = ownStore()
const worker = createWorker({ workflows: [greeting], store, queue })
const run = await new FlowRuntime({ store, queue }).start(greeting, { name: 'Ada' })
console.log((await run.result()).output)
await worker.close()
await queue.close()
await rm(folder, { recursive: true })
