import { expect, it } from 'vitest'
import { consoleLogger } from './console-logger.ts'
import type { LogConsole } from './console-logger.ts'
import { silentLogger } from './silent-logger.ts'

function recorder(): { target: LogConsole; lines: unknown[][] } {
  const lines: unknown[][] = []
  const write =
    (level: string) =>
    (...data: unknown[]): void =>
      void lines.push([level, ...data])
  return {
    lines,
    target: {
      trace: write('trace'),
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    },
  }
}

it('writes messages and fields from its level on', () => {
  const { target, lines } = recorder()
  const logger = consoleLogger({ console: target })
  logger.debug('dropped')
  logger.info('plain')
  logger.warn({ nodeId: 'a' }, 'with fields')
  expect(lines).toEqual([
    ['info', 'plain'],
    ['warn', 'with fields', { nodeId: 'a' }],
  ])
})

it('adds the fields of a child, and shows an error as err', () => {
  const { target, lines } = recorder()
  const failure = new Error('x')
  consoleLogger({ console: target, level: 'trace' })
    .child({ runId: 'r' })
    .child({ nodeId: 'a' })
    .error(failure, 'failed')
  consoleLogger({ console: target, level: 'trace' }).trace('fine')
  expect(lines).toEqual([
    ['error', 'failed', { runId: 'r', nodeId: 'a', err: failure }],
    ['debug', 'fine'],
  ])
})

it('the silent logger drops everything, its children too', () => {
  expect(silentLogger.child({ runId: 'r' })).toBe(silentLogger)
  expect(() => silentLogger.error('nothing happens')).not.toThrow()
})
