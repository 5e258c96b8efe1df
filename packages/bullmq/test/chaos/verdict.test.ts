import type { RunEvent, WorkflowResult } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import type { Note, NoteKind } from './notes.ts'
import { countRepeats, measureRecoveries } from './recovery.ts'
import { resultText } from './reference-runs.ts'
import type { Fault } from './storm.ts'
import { isSetBack, judge, type EndedRun } from './verdict.ts'

const note = (at: number, kind: NoteKind, visit: string, detail = '1', process = 1): Note => ({
  at,
  process,
  kind,
  runId: 'run-1',
  visit,
  detail,
})

const resultOf = (output: string): WorkflowResult =>
  ({
    status: 'completed',
    outputs: { whole: { v: output, t: 'mark', from: 'whole@', r: 'run-1' } },
    context: { visits: 2 },
    errors: [],
    skipped: [],
  }) as unknown as WorkflowResult

const journal = [
  { seq: 1, type: 'run.started' },
  { seq: 2, type: 'node.completed', nodeId: 'whole', iteration: [] },
  { seq: 3, type: 'run.completed' },
] as unknown as RunEvent[]

const sound: EndedRun = {
  runId: 'run-1',
  result: resultOf('value'),
  journal,
  notes: [note(1, 'begin', 'whole@'), note(2, 'end', 'whole@'), note(3, 'saw', 'whole@', 'x'), note(4, 'end', 'end@')],
  reference: { result: resultText(resultOf('value')), visits: ['end@', 'whole@'] },
  isSetBack: false,
}

const kinds = (changes: Partial<EndedRun>): string[] => judge({ ...sound, ...changes }).map(({ kind }) => kind)

describe('the judge of the chaos', () => {
  it('finds nothing in a run that came to what it comes to in memory', () => {
    expect(kinds({})).toEqual([])
  })

  it('tells a join whose outcome is seen twice, and any other visit, unless the log of the run was lost', () => {
    const twice = [...sound.notes, note(5, 'saw', 'whole@', 'y')]
    expect(kinds({ notes: twice })).toEqual(['join fired twice'])
    expect(kinds({ notes: [...sound.notes, note(5, 'saw', 'a@', 'x'), note(5, 'saw', 'a@', 'y')] })).toEqual([
      'visit settled twice',
    ])
    expect(kinds({ notes: twice, isSetBack: true })).toEqual([])
  })

  it('tells a run that is completed although a visit never ended, and one that made more than it should', () => {
    expect(kinds({ notes: sound.notes.slice(0, 3) })).toEqual(['false completion'])
    expect(kinds({ notes: [...sound.notes, note(5, 'end', 'unchosen@')] })).toEqual(['false completion'])
  })

  it('tells another result, also where a shared value was summed twice', () => {
    expect(kinds({ result: resultOf('other') })).toEqual(['wrong result'])
  })

  it('tells a gap and an end that is told twice in the journal', () => {
    const [first, second, third] = journal as [RunEvent, RunEvent, RunEvent]
    expect(kinds({ journal: [first, third] })).toEqual(['broken journal'])
    expect(kinds({ journal: [first, second, { ...second, seq: 3 }] })).toEqual(['broken journal'])
  })

  it('takes for set back only what was written around the part of the log that is missing', () => {
    const cut: Fault = { kind: 'cut', at: 10_000, readyAt: 11_000, lostSince: 9200 }
    expect(isSetBack([note(9500, 'begin', 'a@')], [cut])).toBe(true)
    expect(isSetBack([note(5000, 'begin', 'a@'), note(20_000, 'begin', 'b@')], [cut])).toBe(false)
    expect(isSetBack([note(9500, 'begin', 'a@')], [{ kind: 'restart', at: 10_000, readyAt: 11_000 }])).toBe(false)
  })
})

describe('the measure of recoveries', () => {
  const kill: Fault = { kind: 'kill', at: 1000, process: 1 }

  it('counts from the kill of a worker to the next claim of the visit that it attempted', () => {
    const notes = [
      note(900, 'begin', 'a@'),
      note(910, 'begin', 'b@'),
      note(950, 'end', 'b@'),
      note(2000, 'begin', 'c@', '1', 2),
      note(9000, 'begin', 'a@', '1', 2),
    ]
    expect(measureRecoveries(notes, [kill])).toMatchObject([{ visit: 'a@', tookMs: 8000 }])
    expect(countRepeats(notes, [kill])).toEqual({ repeated: 1, falseStalls: 0 })
    expect(countRepeats(notes, [])).toEqual({ repeated: 1, falseStalls: 1 })
  })

  it('does not count the time in which Redis is away', () => {
    const notes = [note(900, 'begin', 'a@'), note(9000, 'begin', 'a@', '1', 2)]
    const restart: Fault = { kind: 'restart', at: 2000, readyAt: 6000 }
    expect(measureRecoveries(notes, [kill, restart]).map(({ tookMs }) => tookMs)).toEqual([3000, 3000])
  })

  it('counts from the last fault that hit a worker which had taken the job', () => {
    const notes = [
      note(900, 'begin', 'a@'),
      note(9000, 'took', 'a@', '2', 2),
      note(9000, 'took', 'a@', '2', 3),
      note(18_000, 'begin', 'a@', '1', 4),
    ]
    const second: Fault = { kind: 'kill-in-recovery', at: 9100, process: 2 }
    const elsewhere: Fault = { kind: 'kill', at: 12_000, process: 5 }
    const found = measureRecoveries(notes, [kill, second, elsewhere])
    expect(found.map(({ tookMs }) => tookMs)).toEqual([8900])
    expect(measureRecoveries(notes, [kill, elsewhere]).map(({ tookMs }) => tookMs)).toEqual([17_000])
  })
})
