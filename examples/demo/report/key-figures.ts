import { greatest } from 'd3-array'
import type { YearStatistics } from '../statistics.ts'
import type { Findings } from '../workflow.ts'
import { longDate, signed, whole } from './quantities.ts'
import { escapeText, tag } from './svg.ts'

/** What a reader should remember, as large numbers. */
export function keyFigures({ departures, years, weatherTypes }: Findings): string {
  const warmest = greatest(years, ({ departureC }) => departureC)
  const wettest = greatest(years, ({ rainMm }) => rainMm)
  const hottest = greatest(departures, ({ highC }) => highC)
  const warmShare = departures.filter(({ departureC }) => departureC > 0).length / departures.length
  const tiles = [
    {
      value: `${signed(warmest?.departureC ?? 0)} °C`,
      text: `above normal in ${warmest?.year ?? ''}, the warmest year`,
    },
    { value: `${(warmShare * 100).toFixed(0)} %`, text: 'of all days were warmer than normal' },
    { value: `${whole(wettest?.rainMm ?? 0)} mm`, text: `of rain in ${wettest?.year ?? ''}, the wettest year` },
    { value: `${hottest?.highC.toFixed(1) ?? ''} °C`, text: `on ${longDate(hottest?.date ?? '')}, the hottest day` },
  ]
  const drawn = tiles.map(({ value, text }) =>
    tag('div', { class: 'tile' }, tag('strong', {}, escapeText(value)), tag('span', {}, escapeText(text))),
  )
  return tag('div', { class: 'tiles', 'data-types': weatherTypes.types.length }, ...drawn)
}

/** The years as a table. */
export function yearTable(years: readonly YearStatistics[]): string {
  const names = ['Year', 'Mean', 'Against normal', 'Rain', 'Wet days (≥ 1 mm)', 'Hottest day']
  const rows = years.map(({ year, meanC, departureC, rainMm, wetDays, hottest }) => [
    String(year),
    `${meanC.toFixed(1)} °C`,
    `${signed(departureC)} °C`,
    `${whole(rainMm)} mm`,
    whole(wetDays),
    `${hottest.highC.toFixed(1)} °C, ${longDate(hottest.date)}`,
  ])
  const cells = (kind: 'th' | 'td', texts: readonly string[]): string =>
    tag('tr', {}, ...texts.map((text) => tag(kind, {}, escapeText(text))))
  return tag(
    'div',
    { class: 'scroll' },
    tag('table', {}, tag('thead', {}, cells('th', names)), tag('tbody', {}, ...rows.map((row) => cells('td', row)))),
  )
}
