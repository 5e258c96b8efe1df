import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { engineNames } from './engines/contract.ts'
import { judge } from './goals.ts'
import { makespanNote, notes, overheadNote, redisNote } from './docs-text.ts'
import type { Machine } from './machine.ts'
import { percentOver, toDuration, toRange, toText, toWholeText } from './numbers.ts'
import { growthPlot, ratioPlot, shownNames } from './plots.ts'
import type { CaseResults, ResultLine } from './result.ts'

/** All that one run of the benchmark found out. */
export interface BenchReport {
  readonly machine: Machine
  readonly results: readonly CaseResults[]
  readonly isQuick: boolean
}

const pageFile = new URL('../docs/benchmarks.md', import.meta.url)
const folder = new URL('../docs/benchmarks/', import.meta.url)

/** Writes docs/benchmarks.md, its plots, and every line as it was measured. What stood there before is replaced. */
export async function writeDocs(report: BenchReport): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const plots = { 'growth.svg': growthPlot(report.results), 'times-the-floor.svg': ratioPlot(report.results) }
  for (const [name, content] of Object.entries(plots)) {
    if (content === undefined) rmSync(new URL(name, folder), { force: true })
    else writeFileSync(new URL(name, folder), content)
  }
  const lines = report.results.flatMap((shown) => shown.lines)
  writeFileSync(new URL('results.jsonl', folder), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const drawn = Object.entries(plots).flatMap(([name, content]) => (content === undefined ? [] : [name]))
  const page = await format(toPage(report, drawn), { parser: 'markdown', printWidth: 120 })
  writeFileSync(pageFile, page)
}

function toPage({ machine, results, isQuick }: BenchReport, drawn: readonly string[]): string {
  const core = results.filter(({ suite }) => suite === 'core')
  const overheads = results.filter(({ suite, idealMs }) => suite === 'wf' && idealMs === undefined)
  const distributed = results.filter(({ suite }) => suite === 'redis')
  const makespans = results.filter(({ suite, idealMs }) => suite === 'wf' && idealMs !== undefined)
  const sections = [
    '# Benchmarks',
    'Written by `npm run bench -- --write-docs`; do not edit. Add `--graphs DIR` for real graphs.',
    isQuick ? '**From a quick run (`--quick`): a look, not numbers to quote.**' : '',
    environment(machine),
    notes,
    core.length === 0 ? '' : `## In one process\n\n${table(core)}\n\n${reasons(core)}`,
    drawn.includes('growth.svg') ? `## Growth\n\n${growthText(core)}\n\n![Cost per node](./benchmarks/growth.svg)` : '',
    drawn.includes('times-the-floor.svg') ? '![Times the floor](./benchmarks/times-the-floor.svg)' : '',
    overheads.length === 0
      ? ''
      : `## Real graphs, no-op handlers\n\n${overheadNote}\n\n${table(overheads)}\n\n${reasons(overheads)}`,
    distributed.length === 0 ? '' : `## Over Redis\n\n${redisNote}\n\n${table(distributed)}\n\n${reasons(distributed)}`,
    makespans.length === 0 ? '' : `## Real graphs, scaled run times\n\n${makespanNote}\n\n${makespanTable(makespans)}`,
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

function environment({ cpu, memoryGb, system, node, date, loadBefore, versions }: Machine): string {
  return [
    '| | |',
    '| --- | --- |',
    `| date | ${date} |`,
    `| machine | ${cpu}, ${memoryGb} GB, ${system} |`,
    `| Node | ${node} |`,
    ...engineNames.map((name) => `| ${shownNames[name]} | ${versions[name]} |`),
    `| load average at the start | ${loadBefore.toFixed(2)} |`,
  ].join('\n')
}

function table(cases: readonly CaseResults[]): string {
  const engines = engineNames.filter((name) => cases.some(({ lines }) => lines.some(({ engine }) => engine === name)))
  const hasGoals = cases.some(({ goal }) => goal !== undefined)
  const heading = ['case', ...engines.map((name) => shownNames[name]), ...(hasGoals ? ['goal of Heddle'] : [])]
  const rows = cases.map((shown) => {
    const { title, goal, lines } = shown
    const lineOf = (name: string) => lines.find(({ engine }) => engine === name)
    return [
      title,
      ...engines.map((name) => cell(lineOf(name), shown)),
      ...(hasGoals ? [judge(goal, lineOf('heddle'))] : []),
    ]
  })
  return toMarkdown([heading, heading.map(() => '---'), ...rows])
}

function cell(line: ResultLine | undefined, { suite, n, goal }: CaseResults): string {
  if (line === undefined) return ''
  const { medianMs, minMs = 0, maxMs = 0, ratioToFloor, peakRssMb = 0, keptHeapMb, engine } = line
  if (medianMs === undefined) return '–'
  const parts = [`${toDuration(medianMs)} (${toRange(medianMs, minMs, maxMs)})`]
  if (suite === 'redis' && n > 1) parts.push(`${toWholeText((n * 1000) / medianMs)} nodes/s`)
  if (goal?.runsPerSecond !== undefined) parts.push(`${toWholeText(1000 / medianMs)} runs/s`)
  if (ratioToFloor !== undefined && engine !== 'floor') parts.push(`**${toText(ratioToFloor)} ×**`)
  parts.push(`${toWholeText(peakRssMb)} MB`)
  if (line.note !== undefined) parts.push(line.note)
  if (keptHeapMb !== undefined) parts.push(`${toText(Math.max(0, keptHeapMb))} MB kept`)
  return parts.join(', ')
}

function reasons(cases: readonly CaseResults[]): string {
  return cases
    .flatMap(({ title, lines }) =>
      lines.flatMap(({ engine, reason }) =>
        reason === undefined ? [] : [`- ${title}, ${shownNames[engine]}: ${reason}`],
      ),
    )
    .join('\n')
}

function growthText(cases: readonly CaseResults[]): string {
  const chains = cases.filter(({ id }) => /^chain-\d+$/u.test(id))
  const engines = engineNames.filter((name) =>
    chains.some(({ lines }) => lines.some(({ engine, perNodeUs }) => engine === name && perNodeUs !== undefined)),
  )
  const heading = ['µs per node', ...chains.map(({ n }) => toWholeText(n))]
  const rows = engines.map((name) => [
    shownNames[name],
    ...chains.map(({ lines }) => {
      const perNodeUs = lines.find(({ engine }) => engine === name)?.perNodeUs
      return perNodeUs === undefined ? '–' : toText(perNodeUs)
    }),
  ])
  return toMarkdown([heading, heading.map(() => '---'), ...rows])
}

function makespanTable(cases: readonly CaseResults[]): string {
  const engines = engineNames.filter((name) => cases.some(({ lines }) => lines.some(({ engine }) => engine === name)))
  const heading = [
    'graph',
    'critical path',
    ...engines.map((name) => shownNames[name]),
    'Heddle within 3 % of the floor',
  ]
  const rows = cases.map(({ title, idealMs = 0, lines }) => {
    const lineOf = (name: string) => lines.find(({ engine }) => engine === name)
    const ratio = lineOf('heddle')?.ratioToFloor
    return [
      title.split(':')[0] ?? title,
      `${toWholeText(idealMs)} ms`,
      ...engines.map((name) => makespanCell(lineOf(name), lineOf('floor'))),
      ratio === undefined ? '–' : ratio <= 1.03 ? 'yes' : 'no',
    ]
  })
  return toMarkdown([heading, heading.map(() => '---'), ...rows])
}

function makespanCell(line: ResultLine | undefined, floor: ResultLine | undefined): string {
  if (line?.medianMs === undefined) return '–'
  const { medianMs, minMs = 0, maxMs = 0, engine } = line
  const range = `${toWholeText(medianMs)} ms (${toWholeText(minMs)} – ${toWholeText(maxMs)})`
  return engine === 'floor' || floor?.medianMs === undefined
    ? range
    : `${range}, ${percentOver(medianMs, floor.medianMs)} over`
}

function toMarkdown(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.map((text) => text.replaceAll('|', String.raw`\|`)).join(' | ')} |`).join('\n')
}
