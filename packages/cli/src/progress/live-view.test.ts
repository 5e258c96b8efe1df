import { describe, expect, it } from 'vitest'
import { Printer } from '../output/printer.ts'
import { LiveView } from './live-view.ts'
import { RunProgress } from './run-progress.ts'

function terminal() {
  const written: string[] = []
  return { isTTY: true, columns: 60, rows: 20, write: (text: string) => written.push(text), written }
}

const visit = { seq: 1, at: 0, runId: 'r', nodeId: 'score', iteration: [] }

describe('the live view', () => {
  it('draws what is under way and takes it away at the end', () => {
    const stream = terminal()
    const view = new LiveView(new Printer(stream, { NO_COLOR: '1' }), new RunProgress(1), 'review')
    view.take({ ...visit, type: 'node.started', attempt: 1 })
    view.note('a note')
    view.end()
    const drawn = stream.written.join('')
    expect(drawn).toContain('a note\n')
    expect(drawn).toContain('▸ score')
    expect(drawn.slice(drawn.lastIndexOf('▸ score'))).toContain('\u001B[')
  })

  it('keeps a line for what fails, and writes nothing in place after its end', () => {
    const stream = terminal()
    const view = new LiveView(new Printer(stream, { NO_COLOR: '1' }), new RunProgress(1), 'review')
    view.take({ ...visit, type: 'node.failed', attempt: 1, error: { name: 'E', message: 'no \u001B[2J' } })
    view.end()
    const before = stream.written.length
    view.note('later')
    view.end()
    expect(stream.written.join('')).toMatch(/failed {4}score 0 ms: no\n/u)
    expect(stream.written.slice(before)).toEqual(['later\n'])
  })

  it('completes the lines of what the user code prints in pieces', () => {
    const stream = terminal()
    const view = new LiveView(new Printer(stream, { NO_COLOR: '1' }), new RunProgress(1), 'review')
    view.foreign('one\ntw')
    view.foreign('o\nthr')
    view.end()
    expect(stream.written.filter((text) => /^(?:one|two|thr)\n$/u.test(text))).toEqual(['one\n', 'two\n', 'thr\n'])
  })
})
