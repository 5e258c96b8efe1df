import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { suiteNames } from './cases/contract.ts'
import type { SuiteName } from './cases/contract.ts'
import { engineNames } from './engines/contract.ts'
import type { EngineName } from './engines/contract.ts'
import { judge } from './goals.ts'
import { makespanNote, notes, overheadNote, redisNote, suiteTitles } from './docs-text.ts'
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
const linesFile = new URL('results.jsonl', folder)

const intro = `# Benchmarks

Written by \`npm run bench -- --write-docs\`; do not edit. Add \`--graphs DIR\` for real graphs, and \`--redis\` for workers over Redis: what is
measured is written anew, the rest stays.`

/**
 * Writes docs/benchmarks.md, its plots, and every line as it was measured. What stood there of the suites that were measured is replaced;
 * what stood there of others stays.
 */
export async function writeDocs(report: BenchReport): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const measured = suiteNames.filter((name) => report.results.some(({ suite }) => suite === name))
  const drawn = measured.includes('core') ? writePlots(report.results) : []
  writeFileSync(linesFile, [...linesOfOthers(measured), ...report.results.flatMap(toLines)].join(''))
  const before = readIfThere(pageFile)
  const parts = suiteNames.map((suite) =>
    measured.includes(suite) ? toPart(suite, report, drawn) : partOf(before, suite),
  )
  const page = [intro, notes, ...parts].filter((text) => text !== '').join('\n\n')
  writeFileSync(pageFile, await format(page, { parser: 'markdown', printWidth: 120 }))
}

/** Writes what can be drawn. @returns the names of the files */
function writePlots(results: readonly CaseResults[]): string[] {
  const plots = { 'growth.svg': growthPlot(results), 'times-the-floor.svg': ratioPlot(results) }
  for (const [name, content] of Object.entries(plots)) {
    if (content === undefined) rmSync(new URL(name, folder), { force: true })
    else writeFileSync(new URL(name, folder), content)
  }
  return Object.entries(plots).flatMap(([name, content]) => (content === undefined ? [] : [name]))
}

function toLines({ lines }: CaseResults): string[] {
  return lines.map((line) => `${JSON.stringify(line)}\n`)
}

/** The lines of suites that were not measured now. */
function linesOfOthers(measured: readonly SuiteName[]): string[] {
  return readIfThere(linesFile)
    .split('\n')
    .filter((line) => line !== '' && !measured.includes((JSON.parse(line) as ResultLine).suite))
    .map((line) => `${line}\n`)
}

function readIfThere(file: URL): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function beginOf(suite: SuiteName): string {
  return `<!-- suite ${suite} -->`
}

/** What a page says of a suite. */
function partOf(page: string, suite: SuiteName): string {
  const [, rest = ''] = page.split(beginOf(suite))
  const [part = ''] = rest.split(/<!-- suite /u)
  return part.trim() === '' ? '' : `${beginOf(suite)}\n\n${part.trim()}`
}

function toPart(suite: SuiteName, { machine, results, isQuick }: BenchReport, drawn: readonly string[]): string {
  const shown = results.filter((each) => each.suite === suite)
  const sections = [
    beginOf(suite),
    `## ${suiteTitles[suite]}`,
    isQuick ? '**From a quick run (`--quick`): a look, not numbers to quote.**' : '',
    environment(machine, shown),
    ...(suite === 'wf' ? graphSections(shown) : [suite === 'redis' ? redisNote : '', table(shown), reasons(shown)]),
    drawn.includes('growth.svg')
      ? `### Growth\n\n${growthText(shown)}\n\n![Cost per node](./benchmarks/growth.svg)`
      : '',
    drawn.includes('times-the-floor.svg') ? '![Times the floor](./benchmarks/times-the-floor.svg)' : '',
  ]
  return sections.filter((section) => section !== '').join('\n\n')
}

function graphSections(cases: readonly CaseResults[]): string[] {
  const overheads = cases.filter(({ idealMs }) => idealMs === undefined)
  const makespans = cases.filter(({ idealMs }) => idealMs !== undefined)
  return [
    overheads.length === 0
      ? ''
      : `### No-op handlers\n\n${overheadNote}\n\n${table(overheads)}\n\n${reasons(overheads)}`,
    makespans.length === 0 ? '' : `### Scaled run times\n\n${makespanNote}\n\n${makespanTable(makespans)}`,
  ]
}

function environment(
  { cpu, memoryGb, system, node, redis, date, loadBefore, versions }: Machine,
  cases: readonly CaseResults[],
): string {
  return [
    '| | |',
    '| --- | --- |',
    `| date | ${date} |`,
    `| machine | ${cpu}, ${memoryGb} GB, ${system} |`,
    `| Node | ${node} |`,
    ...(redis === undefined ? [] : [`| Redis | ${redis} |`]),
    ...enginesOf(cases).map((name) => `| ${shownNames[name]} | ${versions[name]} |`),
    `| load average at the start | ${loadBefore.toFixed(2)} |`,
  ].join('\n')
}

/** The engines that a table has columns of. */
function enginesOf(cases: readonly CaseResults[]): EngineName[] {
  return engineNames.filter((name) => cases.some(({ lines }) => lines.some(({ engine }) => engine === name)))
}

function table(cases: readonly CaseResults[]): string {
  const engines = enginesOf(cases)
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
  const engines = enginesOf(cases)
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
