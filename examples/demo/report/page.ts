import { toMermaid, type RunEvent, type WorkflowBlueprint } from '@heddle/core'
import { settledShift, type Findings } from '../workflow.ts'
import { legend } from './axes.ts'
import { convergenceChart } from './convergence-chart.ts'
import { departureChart } from './departure-chart.ts'
import { graphDrawing } from './graph-drawing.ts'
import { keyFigures, yearTable } from './key-figures.ts'
import { monthChart } from './month-chart.ts'
import { count, duration, longDate } from './quantities.ts'
import { rowsOfRun, type RunRow } from './run-rows.ts'
import { style } from './style.ts'
import { escapeText, tag } from './svg.ts'
import { timeline } from './timeline.ts'
import { typeCalendar, typeLegend, typeScatter } from './type-charts.ts'
import { yearChart } from './year-chart.ts'

/** A run that has ended. */
export interface RunRecord {
  readonly blueprint: WorkflowBlueprint
  readonly journal: readonly RunEvent[]
}

/** The whole report: one HTML file that needs no other, and no script. */
export function reportPage(findings: Findings, run: RunRecord): string {
  const first = findings.departures[0]?.date ?? ''
  const last = findings.departures.at(-1)?.date ?? ''
  const title = `Seattle weather ${first.slice(0, 4)}–${last.slice(0, 4)}, compared with its normals`
  const head = [
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    tag('title', {}, escapeText(title)),
    tag('style', {}, style),
  ]
  const main = tag(
    'main',
    {},
    tag('h1', {}, escapeText(title)),
    paragraph(
      `${count(findings.departures.length, 'day')} from ${longDate(first)} to ${longDate(last)}, against the mean of 1981–2010.`,
      'lead',
    ),
    keyFigures(findings),
    weather(findings),
    kindsOfDay(findings),
    aboutTheRun(run),
    sources(findings),
  )
  return `<!doctype html>\n${tag('html', { lang: 'en' }, tag('head', {}, ...head), tag('body', {}, main))}\n`
}

function weather({ departures, years, months }: Findings): string {
  return tag(
    'section',
    { id: 'weather' },
    heading('How warm, how wet'),
    figure(
      'Warmer and colder than normal, day by day',
      'One stroke a day; the line is the mean of the 31 days around it.',
      scrolled(departureChart(departures)),
    ),
    tag(
      'div',
      { class: 'pair' },
      figure(
        'Each year against the normal',
        'How sure is it? The line spans 95 % of resampled years.',
        yearChart(years),
      ),
      figure(
        'Rain through the year',
        'Dry summers, wet winters, and large differences between years.',
        monthChart(months),
      ),
    ),
    tag('figure', {}, tag('h3', {}, 'The years in numbers'), yearTable(years)),
  )
}

function kindsOfDay({ weatherTypes }: Findings): string {
  return tag(
    'section',
    { id: 'kinds-of-day' },
    heading('Kinds of day'),
    paragraph(
      'Found in the data, not given: days were grouped by their temperature, their range from low to high and their rain until the groups no longer changed (k-means). The names describe what was found.',
    ),
    typeLegend(weatherTypes),
    tag(
      'div',
      { class: 'pair' },
      figure('Every day by its kind', 'Rainy days hardly warm up; clear ones do.', typeScatter(weatherTypes)),
      figure('When they occur', 'The kinds of day follow the seasons.', typeCalendar(weatherTypes)),
    ),
    figure(
      'The search for the groups',
      `A loop of the workflow. It ended after ${count(weatherTypes.shifts.length, 'round')}, when no centre moved by more than ${settledShift} standard deviations.`,
      scrolled(convergenceChart(weatherTypes.shifts, settledShift)),
    ),
  )
}

function aboutTheRun({ blueprint, journal }: RunRecord): string {
  const rows = rowsOfRun(blueprint, journal)
  const runMs = (journal.at(-1)?.at ?? 0) - (journal[0]?.at ?? 0)
  return tag(
    'section',
    { id: 'run' },
    heading('How this report was made'),
    paragraph(
      `A Heddle workflow of ${count(blueprint.nodes.length, 'node')} read the data, decided, calculated and brought the results together in ${duration(runMs)}. ${retriesText(rows)} Drawn from the journal of the run: ${count(journal.length, 'event')}.`,
    ),
    figure(
      'Timeline',
      'Each node starts as soon as what it waits for is there.',
      legend([
        { className: 'bar completed', text: 'completed' },
        { className: 'bar failed', text: 'failed attempt' },
        { className: 'bar pause', text: 'pause before the next attempt' },
      ]) + scrolled(timeline(rows, Math.max(1, runMs))),
    ),
    figure('Graph', 'Dashed: the way that the data did not take.', scrolled(graphDrawing(blueprint, rows, journal))),
    tag(
      'details',
      {},
      tag('summary', {}, 'The graph as Mermaid text'),
      tag('pre', {}, escapeText(toMermaid(blueprint, { direction: 'LR' }))),
    ),
  )
}

function retriesText(rows: readonly RunRow[]): string {
  const retried = rows.filter(({ attempts }) => attempts > 1)
  return retried.map(({ nodeId, attempts }) => `${nodeId} succeeded at attempt ${attempts}.`).join(' ')
}

function sources({ notes }: Findings): string {
  return tag(
    'footer',
    {},
    ...notes.map((note) => paragraph(note)),
    '<p>Data: daily weather of Seattle and hourly climate normals 1981–2010, NOAA National Climatic Data Center, as shipped in the npm package <a href="https://www.npmjs.com/package/vega-datasets">vega-datasets</a>. The temperature of a day is the middle between its high and its low; the normal of a date is the mean of its 24 hourly normals: the middle between their high and low would be 0.3 °C higher over the year. Intervals: block bootstrap of 14-day blocks, 8,000 resampled years.</p>',
  )
}

function heading(text: string): string {
  return tag('h2', {}, escapeText(text))
}

function paragraph(text: string, className?: string): string {
  return tag('p', { class: className }, escapeText(text))
}

function figure(title: string, aside: string, chart: string): string {
  return tag('figure', {}, tag('h3', {}, escapeText(title)), tag('div', { class: 'aside' }, escapeText(aside)), chart)
}

function scrolled(chart: string): string {
  return tag('div', { class: 'scroll' }, chart)
}
