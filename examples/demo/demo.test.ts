import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FlowRuntime, type RunEvent } from '@heddle/core'
import { parse, type DefaultTreeAdapterTypes } from 'parse5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { datasetFile, openDataServer } from './data-server.ts'
import { reportPage } from './report/page.ts'
import { rowsOfRun } from './report/run-rows.ts'
import { summary } from './summary.ts'
import { seattleWeather, settledShift, type Findings } from './workflow.ts'

interface DemoRun {
  readonly status: string
  readonly skipped: readonly string[]
  readonly findings: Findings
  readonly journal: readonly RunEvent[]
  readonly requests: number
}

async function runDemo(weatherFile: string): Promise<DemoRun> {
  await using server = await openDataServer()
  const run = await new FlowRuntime().start(
    seattleWeather,
    { weatherFile, normalsUrl: server.normalsUrl },
    { journal: true },
  )
  const { status, skipped, output, errors } = await run.result()
  if (output === undefined) throw new Error(`the run ended as ${status}`, { cause: errors[0] })
  return { status, skipped, findings: output, journal: await run.journal(), requests: server.requests() }
}

/** The raw rows, read in the plainest way, so that nothing of the demo checks itself. */
async function rawRows(name: string): Promise<string[][]> {
  const text = await readFile(datasetFile(name), 'utf8')
  const [, ...lines] = text.trim().split('\n')
  return lines.map((line) => line.trim().split(','))
}

const completions = (journal: readonly RunEvent[], id: string): RunEvent[] =>
  journal.filter((event) => event.type === 'node.completed' && event.nodeId === id)

/** All elements of a page with this name. */
function elements(page: DefaultTreeAdapterTypes.ParentNode, name: string): DefaultTreeAdapterTypes.Element[] {
  return page.childNodes.flatMap((node) => [
    ...('tagName' in node && node.tagName === name ? [node] : []),
    ...('childNodes' in node ? elements(node, name) : []),
  ])
}

const attribute = (element: DefaultTreeAdapterTypes.Element, name: string): string | undefined =>
  element.attrs.find((attr) => attr.name === name)?.value

describe('the demo', () => {
  let run: DemoRun
  beforeAll(async () => {
    run = await runDemo(datasetFile('seattle-weather.csv'))
  })

  it('completes', () => {
    expect(run.status).toBe('completed')
    expect(run.findings.departures).toHaveLength(1461)
  })

  it('skips the branch that the data do not lead to, and runs the join behind it once', () => {
    expect(run.skipped).toEqual(['fillGaps'])
    expect(completions(run.journal, 'keepAsIs')).toHaveLength(1)
    expect(completions(run.journal, 'days')).toHaveLength(1)
  })

  it('downloads the normals at the third attempt, after growing pauses that were waited out', () => {
    const started = run.journal.filter((event) => event.type === 'node.started' && event.nodeId === 'downloadNormals')
    const retries = run.journal.filter((event) => event.type === 'node.retrying')
    expect(started).toHaveLength(3)
    expect(run.requests).toBe(3)
    expect(retries.map(({ delayMs }) => delayMs)).toEqual([150, 300])
    for (const [index, { at, delayMs }] of retries.entries()) {
      expect((started[index + 1]?.at ?? 0) - at).toBeGreaterThanOrEqual(delayMs - 2) // the clock counts whole milliseconds
    }
  })

  it('ends the loop by its criterion and not before', () => {
    const { shifts } = run.findings.weatherTypes
    expect(shifts.at(-1)).toBeLessThan(settledShift)
    expect(Math.min(...shifts.slice(0, -1))).toBeGreaterThanOrEqual(settledShift)
    expect(completions(run.journal, 'move')).toHaveLength(shifts.length)
    expect(completions(run.journal, 'types')).toHaveLength(1)
  })

  it('maps the years two at a time', () => {
    let open = 0
    let most = 0
    for (const event of run.journal) {
      if (!('item' in event) || event.item === undefined) continue
      if (event.type === 'node.started') open += 1
      if (event.type === 'node.completed') open -= 1
      most = Math.max(most, open)
    }
    expect(most).toBe(2)
    expect(run.findings.years.map(({ year }) => year)).toEqual([2012, 2013, 2014, 2015])
  })

  it('finds the rain and the wet days that the raw file holds', async () => {
    const rows = await rawRows('seattle-weather.csv')
    for (const { year, rainMm, wetDays } of run.findings.years) {
      const ofYear = rows.filter(([date]) => date?.startsWith(String(year))).map(([, rain]) => Number(rain))
      expect(rainMm).toBeCloseTo(
        ofYear.reduce((sum, rain) => sum + rain, 0),
        6,
      )
      expect(wetDays).toBe(ofYear.filter((rain) => rain >= 1).length)
    }
    const ofMonths = run.findings.months.reduce((sum, { meanRainMm }) => sum + meanRainMm, 0)
    expect(ofMonths * 4).toBeCloseTo(
      rows.reduce((sum, [, rain]) => sum + Number(rain), 0),
      6,
    )
  })

  it('finds the departures from the normal that the raw files hold, inside of their intervals', async () => {
    const hours = new Map<string, number[]>()
    for (const [date = '', , temperature] of await rawRows('seattle-weather-hourly-normals.csv')) {
      const day = date.slice(5, 10)
      hours.set(day, [...(hours.get(day) ?? []), Number(temperature)])
    }
    const rows = await rawRows('seattle-weather.csv')
    for (const { year, departureC, interval } of run.findings.years) {
      const departures = rows
        .filter(([date]) => date?.startsWith(String(year)))
        .map(([date = '', , high, low]) => {
          const normal = hours.get(date.slice(5).replace('02-29', '02-28')) ?? []
          return (Number(high) + Number(low)) / 2 - normal.reduce((sum, hour) => sum + hour, 0) / normal.length
        })
      const expected = departures.reduce((sum, departure) => sum + departure, 0) / departures.length
      expect(departureC).toBeCloseTo(expected, 9)
      expect(interval[0]).toBeLessThan(expected)
      expect(interval[1]).toBeGreaterThan(expected)
    }
  })

  it('puts every day into the kind whose days are all there', () => {
    const { types, typeOfDay } = run.findings.weatherTypes
    expect(types.map(({ name }) => name)).toEqual(['cold and dry', 'rainy', 'mild and dry', 'warm and dry'])
    expect(types.map((_, index) => typeOfDay.filter(({ type }) => type === index).length)).toEqual(
      types.map(({ days }) => days),
    )
  })

  it('writes a well-formed page with charts, timeline and graph that needs no other file', () => {
    const problems: string[] = []
    const html = reportPage(run.findings, { blueprint: seattleWeather.blueprint, journal: run.journal })
    const page = parse(html, { onParseError: ({ code, startLine }) => problems.push(`${code} in line ${startLine}`) })
    expect(problems).toEqual([])
    const drawings = elements(page, 'svg')
    expect(drawings).toHaveLength(8)
    for (const drawing of drawings) {
      expect(attribute(drawing, 'aria-label')).toMatch(/\w/u)
      expect(elements(drawing, 'text').length).toBeGreaterThan(3)
    }
    expect(elements(page, 'circle').length).toBeGreaterThan(1461)
    expect(html).not.toMatch(/NaN|undefined|Infinity/u)
    expect([...elements(page, 'script'), ...elements(page, 'link'), ...elements(page, 'img')]).toEqual([])
  })

  it('draws a row for each node, with attempts, pauses, rounds and the skipped one', () => {
    const rows = rowsOfRun(seattleWeather.blueprint, run.journal)
    expect(rows.map(({ nodeId }) => nodeId).sort()).toEqual(seattleWeather.blueprint.nodes.map(({ id }) => id).sort())
    const row = (id: string) => rows.find(({ nodeId }) => nodeId === id)
    expect(row('downloadNormals')?.spans.map(({ kind }) => kind)).toEqual([
      'failed',
      'pause',
      'failed',
      'pause',
      'completed',
    ])
    expect(row('move')?.rounds).toBe(run.findings.weatherTypes.shifts.length)
    expect(row('years')).toMatchObject({ items: 4, status: 'completed' })
    expect(row('fillGaps')).toMatchObject({ status: 'skipped', reason: { type: 'not-chosen' }, spans: [] })
  })

  it('says the findings in a few lines', () => {
    expect(summary(run.findings)).toContain('2015  +2.0 °C')
  })
})

describe('the demo with holes in its data', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'heddle-demo-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('takes the other branch: refuses an impossible row, fills the gaps, and says so', async () => {
    const lines = (await readFile(datasetFile('seattle-weather.csv'), 'utf8')).split('\n')
    lines.splice(100, 3)
    lines[10] = '2012-01-10,,7.2,-0.6,3.4,rain'
    const file = path.join(folder, 'holes.csv')
    await writeFile(file, lines.join('\n'))
    const { skipped, findings, journal } = await runDemo(file)
    expect(skipped).toEqual(['keepAsIs'])
    expect(completions(journal, 'days')).toHaveLength(1)
    expect(findings.departures).toHaveLength(1461)
    expect(findings.notes).toEqual([
      'Line 11 was left out: precipitation: is empty.',
      '4 missing days were filled from the days around them.',
    ])
  })

  it('fails with the reason where the file does not exist', async () => {
    const file = path.join(folder, 'nowhere.csv')
    const failure: unknown = await runDemo(file).catch((error: unknown) => error)
    expect(failure).toMatchObject({ message: 'the run ended as failed' })
    expect(String((failure as Error).cause)).toContain('nowhere.csv')
  })
})
