import type { ChaosReport } from './chaos.ts'
import type { FaultKind } from './fault-plan.ts'
import type { ViolationKind } from './verdict.ts'

const faultNames: Readonly<Record<FaultKind, string>> = {
  kill: 'workers killed',
  'kill-in-recovery': 'workers killed during recovery',
  'kill-in-drain': 'workers killed while they ended',
  'kill-twice': 'workers killed before the sweeper that came for them',
  'kill-sweeper': 'sweepers killed that had taken what is due',
  pause: 'workers that stood still',
  restart: 'kills and restarts of Redis',
  cut: 'the same, with the end of its log cut off',
}

const violationNames: Readonly<Record<ViolationKind, string>> = {
  'run lost': 'runs lost',
  'false completion': 'false completions',
  'join fired twice': 'joins fired twice',
  'visit settled twice': 'visits settled twice',
  'wrong result': 'results that differ from those in memory',
  'broken journal': 'faults in journals',
  'slow recovery': 'recoveries that took too long',
}

/** How many violations are written out. */
const writtenOut = 20

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function times(list: readonly number[]): string {
  if (list.length === 0) return 'none'
  const sorted = [...list].sort((one, other) => one - other)
  const [least, middle, most] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map((at) => sorted[at] ?? 0)
  return `${list.length}: ${seconds(least ?? 0)} · ${seconds(middle ?? 0)} · ${seconds(most ?? 0)}`
}

/** The report as a table, and the first violations. */
export function reportText(report: ChaosReport): string {
  const { faults, recoveries, violations, clients, options } = report
  const rows: [string, string | number][] = [
    ['seed', options.seed],
    ['took', seconds(report.tookMs)],
    ['runs', report.runs],
    ...Object.entries(faultNames).map(([kind, name]): [string, number] => [
      name,
      faults.filter((fault) => fault.kind === kind).length,
    ]),
    ['attempts', report.attempts],
    ['attempts repeated', report.repeated],
    ['of these without a fault (false stalls)', report.falseStalls],
    ['runs set back with the log', report.setBack],
    ['starts repeated', clients.starts - report.runs],
    ['answers accepted', clients.answers],
    ['operations of clients that failed', clients.failures],
    ...Object.entries(faultNames).map(([kind, name]): [string, string] => [
      `recovery, ${name} (number: min · median · max)`,
      times(recoveries.filter(({ fault }) => fault.kind === kind).map(({ tookMs }) => tookMs)),
    ]),
    ...Object.entries(violationNames).map(([kind, name]): [string, number] => [
      name,
      violations.filter((violation) => violation.kind === kind).length,
    ]),
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const table = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
  const first = violations.slice(0, writtenOut).map(({ kind, runId, what }) => `${kind}: ${runId}: ${what}`)
  return [...table, ...first, violations.length === 0 ? 'all is well' : `${violations.length} violations`].join('\n')
}
