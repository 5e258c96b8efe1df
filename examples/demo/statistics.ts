import { mean, quantile, rollups, sum } from 'd3-array'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { monthAndDay, type Day, type Normals } from './read-data.ts'

/** A day and how much warmer it was than the normal of its date. */
export interface Departure extends Day {
  readonly normalC: number
  readonly departureC: number
}

/** The departures of one year. */
export interface YearOfDays {
  readonly year: number
  readonly days: readonly Departure[]
}

/** What one year was like. */
export interface YearStatistics {
  readonly year: number
  readonly meanC: number
  readonly departureC: number
  /** 95 % interval of `departureC`: from the 2.5th to the 97.5th percentile of the resampled years. */
  readonly interval: readonly [low: number, high: number]
  readonly rainMm: number
  /** Days with at least 1 mm. */
  readonly wetDays: number
  readonly hottest: Day
}

/** Rain of a calendar month over all years. */
export interface MonthStatistics {
  /** 0 is January. */
  readonly month: number
  readonly rainByYear: readonly { readonly year: number; readonly rainMm: number }[]
  readonly meanRainMm: number
}

/** Compares every day with the normal of its date. February 29 takes the normal of the 28th. */
export function compareWithNormals(days: readonly Day[], normals: Normals): Departure[] {
  return days.map((day) => {
    const key = monthAndDay(day.date)
    const normalC = normals[key === '02-29' ? '02-28' : key]
    if (normalC === undefined) throw new Error(`there is no normal for ${key}`)
    return { ...day, normalC, departureC: day.meanC - normalC }
  })
}

/** The days by year, in order. */
export function groupByYear(days: readonly Departure[]): YearOfDays[] {
  return rollups(
    days,
    (ofYear) => ofYear,
    ({ date }) => Number(date.slice(0, 4)),
  ).map(([year, ofYear]) => ({ year, days: ofYear }))
}

const blockDays = 14 // weather has a memory of days: whole fortnights are drawn, not single days
const samples = 8000
const slices = 20

/**
 * Describes one year. How much of its departure may be chance is found by the bootstrap: the year is put together from fortnights
 * drawn at random, thousands of times, in slices, so that other nodes go on meanwhile. The same year draws the same numbers every time.
 */
export async function describeYear(
  { year, days }: YearOfDays,
  onProgress: (fraction: number) => void,
): Promise<YearStatistics> {
  const random = randomNumbers(year)
  const departures = days.map(({ departureC }) => departureC)
  const means: number[] = []
  for (let slice = 1; slice <= slices; slice += 1) {
    while (means.length < (samples * slice) / slices) means.push(resampledMean(departures, random))
    onProgress(slice / slices)
    await nextTurn()
  }
  const [first] = days
  if (first === undefined) throw new Error(`the year ${year} has no days`)
  return {
    year,
    meanC: mean(days, ({ meanC }) => meanC) ?? Number.NaN,
    departureC: mean(departures) ?? Number.NaN,
    interval: [quantile(means, 0.025) ?? Number.NaN, quantile(means, 0.975) ?? Number.NaN],
    rainMm: sum(days, ({ rainMm }) => rainMm),
    wetDays: days.filter(({ rainMm }) => rainMm >= 1).length,
    hottest: days.reduce<Day>((hottest, day) => (day.highC > hottest.highC ? day : hottest), first),
  }
}

/** The mean of a year that is put together from blocks of days drawn at random; a block that passes the end goes on at the beginning. */
function resampledMean(values: readonly number[], random: () => number): number {
  let total = 0
  for (let taken = 0; taken < values.length; taken += blockDays) {
    const start = Math.floor(random() * values.length)
    const length = Math.min(blockDays, values.length - taken)
    for (let offset = 0; offset < length; offset += 1) total += values[(start + offset) % values.length] ?? 0
  }
  return total / values.length
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Rain by calendar month. */
export function describeMonths(days: readonly Day[]): MonthStatistics[] {
  return rollups(
    days,
    (ofMonth) => {
      const rainByYear = rollups(
        ofMonth,
        (ofYear) => sum(ofYear, ({ rainMm }) => rainMm),
        ({ date }) => Number(date.slice(0, 4)),
      ).map(([year, rainMm]) => ({ year, rainMm }))
      return { rainByYear, meanRainMm: mean(rainByYear, ({ rainMm }) => rainMm) ?? 0 }
    },
    ({ date }) => Number(date.slice(5, 7)) - 1,
  )
    .map(([month, statistics]) => ({ month, ...statistics }))
    .sort((a, b) => a.month - b.month)
}
