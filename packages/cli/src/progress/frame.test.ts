import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { columnsOf } from '../output/shorten.ts'
import { drawFrame, type FrameOptions } from './frame.ts'
import { RunProgress } from './run-progress.ts'

const options: FrameOptions = {
  title: 'review',
  now: 1500,
  columns: 80,
  rows: 24,
  styles: picocolors.createColors(false),
  turn: 0,
  isEnding: false,
}

function running(count: number, message = ''): RunProgress {
  const progress = new RunProgress(count + 1)
  for (let node = 0; node < count; node++) {
    const visit = { at: 0, runId: 'r', nodeId: `node-${node}`, iteration: [] }
    progress.take({ ...visit, seq: 1, type: 'node.started', attempt: 1 })
    if (message !== '') progress.take({ ...visit, seq: 1, type: 'node.progress', fraction: 0.25, message })
  }
  return progress
}

describe('a frame of the live view', () => {
  it('has the counts, then a line for each node under way', () => {
    expect(drawFrame(running(2, 'reading'), options)).toBe(
      ['⠋ 0/3 review 1.5 s · 2 running', '  ▸ node-0 1.5 s 25 % reading', '  ▸ node-1 1.5 s 25 % reading'].join('\n'),
    )
  })

  it('fits the terminal, whatever its size and whatever the handlers say', () => {
    const progress = running(200, '大きさ of the \u001B[2J page\nand more '.repeat(20))
    for (const columns of [1, 10, 39, 80, 400]) {
      for (const rows of [1, 3, 4, 10, 60]) {
        const lines = drawFrame(progress, { ...options, columns, rows }).split('\n')
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 2))
        expect(lines.join('')).not.toMatch(/\p{Cc}/u)
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns)
      }
    }
  })

  it('says how many nodes it does not name', () => {
    expect(drawFrame(running(200), options)).toMatch(/\n {2}… and 189 more under way$/u)
  })

  it('says that a cancel is under way', () => {
    expect(drawFrame(running(1), { ...options, isEnding: true })).toContain('cancelling')
  })
})
