import { HeddleError, type WorkflowResult } from '@heddle/core'
import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { resultLines } from './result-lines.ts'

const base: WorkflowResult = {
  runId: 'r1',
  status: 'completed',
  output: undefined,
  outputs: {},
  context: {},
  errors: [],
  waits: [],
  skipped: [],
  cancelled: [],
  serialize: () => '',
  toRecord: () => base,
}

const none = { running: 0, waiting: 0, retrying: 0, completed: 0, handled: 0, failed: 0, skipped: 0, cancelled: 0 }

function linesOf(result: Partial<WorkflowResult>, columns?: number): readonly string[] {
  const styles = picocolors.createColors(false)
  return resultLines({
    title: 'review',
    result: { ...base, ...result },
    counts: { ...none, completed: 2 },
    spanMs: 12,
    styles,
    columns,
  })
}

describe('the summary of a run', () => {
  it('ends in the output', () => {
    expect(linesOf({ output: { a: 1 } })).toEqual([
      'completed review in 12 ms: 2 completed (run r1)',
      '{',
      '  "a": 1',
      '}',
    ])
    expect(linesOf({ output: 'text\nof two lines' }).slice(1)).toEqual(['text', 'of two lines'])
  })

  it('shows the beginning of a long output on a terminal, and all of it elsewhere', () => {
    const output = Array.from({ length: 100 }, (_, item) => `item ${item} `.repeat(20))
    expect(linesOf({ output })).toHaveLength(103)
    const shown = linesOf({ output }, 60)
    expect(shown.at(-1)).toBe('… 62 more lines; --json writes all of it')
    for (const line of shown) expect(line.length).toBeLessThanOrEqual(60)
  })

  it('ends in the errors of a failed run, after what was produced', () => {
    const error = new HeddleError('NODE_FAILED', 'node "a" failed: no', {
      cause: new TypeError('no', { cause: new Error('why') }),
    })
    const lines = linesOf({ status: 'failed', outputs: { b: 1 }, errors: [error] })
    expect(lines.slice(0, 4)).toEqual([
      '  outputs so far (--json writes them whole):',
      '    b: 1',
      'failed review in 12 ms: 2 completed (run r1)',
      '  error node "a" failed: TypeError: no [NODE_FAILED]',
    ])
    expect(lines).toContain('    caused by Error: why')
  })

  it('does not follow causes in a circle', () => {
    const cause = new Error('why')
    cause.cause = cause
    const lines = linesOf({ status: 'failed', errors: [new HeddleError('INTERNAL', 'odd', { cause })] })
    expect(lines.length).toBeLessThan(30)
  })
})
