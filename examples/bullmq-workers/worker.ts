import { createWorker } from '@heddle/core'
import { openServices } from './services.ts'
import { invitations } from './workflow.ts'

const { store, queue, close } = openServices(['default', 'drawing'])

// A worker would wait for a Redis that is not there, or not as it should be; this says so at once.
await store.ready()

// A worker that dies is missed after two seconds here; the default is eight.
const worker = createWorker({ workflows: [invitations], store, queue, concurrency: 2, limits: { leaseMs: 2000 } })
console.log('is ready')

// Takes no more jobs, finishes those under way, and lets go of the server.
process.once('SIGTERM', () => void worker.close().then(close))
