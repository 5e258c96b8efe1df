import { expect, it } from 'vitest'
import type { RunEvent } from '../model/run-event.ts'
import type { ILogger } from '../ports/logger.ts'
import { EventBus } from './event-bus.ts'
import { silentLogger } from './silent-logger.ts'

const started: RunEvent = { type: 'node.started', seq: 2, at: 0, runId: 'r', nodeId: 'a', iteration: [], attempt: 1 }
const resumed: RunEvent = { type: 'run.resumed', seq: 3, at: 0, runId: 'r' }

function recordingLogger(): { logger: ILogger; errors: unknown[] } {
  const errors: unknown[] = []
  return { errors, logger: { ...silentLogger, error: (fields) => errors.push(fields) } }
}

it('hands an event to the listeners of its type and to those of all events', () => {
  const bus = new EventBus()
  const heard: string[] = []
  bus.on('node.started', (event) => heard.push(`${event.nodeId} ${event.attempt}`))
  bus.on('*', (event) => heard.push(event.type))
  bus.emit(started)
  bus.emit(resumed)
  expect(heard).toEqual(['a 1', 'node.started', 'run.resumed'])
})

it('stops calling a listener that was removed, also when it is removed twice', () => {
  const bus = new EventBus()
  expect(bus.hasListeners()).toBe(false)
  let heard = 0
  const listener = (): number => heard++
  const off = bus.on('*', listener)
  bus.on('*', listener)
  off()
  off()
  expect(bus.hasListeners()).toBe(true)
  bus.emit(resumed)
  expect(heard).toBe(1)
})

it('keeps the error of a listener from the run and from the other listeners, and logs it', () => {
  const { logger, errors } = recordingLogger()
  const bus = new EventBus(logger)
  const heard: string[] = []
  const failure = new Error('broken')
  bus.on('run.resumed', () => {
    throw failure
  })
  bus.on('run.resumed', () => heard.push('second'))
  bus.emit(resumed)
  expect(heard).toEqual(['second'])
  expect(errors).toEqual([{ err: failure, runId: 'r', seq: 3, type: 'run.resumed' }])
})

it('does not wait for a listener, and logs its rejection', async () => {
  const { logger, errors } = recordingLogger()
  const bus = new EventBus(logger)
  const failure = new Error('late')
  const never = new Promise(() => {})
  bus.on('*', () => never)
  bus.on('*', async () => {
    await Promise.resolve()
    throw failure
  })
  bus.emit(resumed)
  expect(errors).toEqual([])
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  expect(errors).toEqual([expect.objectContaining({ err: failure })])
})

it('survives a logger that throws', () => {
  const bus = new EventBus({
    ...silentLogger,
    error: () => {
      throw new Error('full')
    },
  })
  bus.on('*', () => {
    throw new Error('broken')
  })
  expect(() => bus.emit(resumed)).not.toThrow()
})
