import { afterEach, beforeEach, expect, it } from 'vitest'
import { settle } from '../../test/while-time-passes.ts'
import type { Middleware } from '../execution/engine/engine.ts'
import { FlowRuntime } from './flow-runtime.ts'

const unhandled: unknown[] = []
const note = (reason: unknown): void => {
  unhandled.push(reason)
}

beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
})
afterEach(() => {
  process.off('unhandledRejection', note)
})

const failing = { registry: { task: () => Promise.reject(new Error('nobody looks')) } }
const blueprint = { id: 'w', nodes: [{ id: 'a', uses: 'task' }], edges: [] }

it.each<readonly [string, Middleware]>([
  [
    'answers without awaiting what it called',
    (_context, proceed) => {
      void proceed()
      return 3
    },
  ],
  [
    'answers with a race that something else wins',
    (_context, proceed) => Promise.race([Promise.resolve(3), proceed()]),
  ],
])('a middleware that %s gives the output, and the failure behind it ends no process', async (_what, middleware) => {
  const runtime = new FlowRuntime({ ...failing, middleware: [middleware, (_context, next) => next()] })
  expect(await runtime.run(blueprint)).toMatchObject({ status: 'completed', output: 3 })
  await settle()
  expect(unhandled).toEqual([])
})
