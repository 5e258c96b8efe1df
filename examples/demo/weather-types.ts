import { deviation, max, maxIndex, mean, minIndex } from 'd3-array'
import type { Day } from './read-data.ts'

/** A day as a point: its temperature, its range from low to high, and its rain, all on the same scale. */
type Point = readonly number[]

/** Days in groups, on the way to groups that stay as they are (k-means, Lloyd's algorithm). */
export interface Grouping {
  readonly days: readonly Day[]
  readonly points: readonly Point[]
  readonly centres: readonly Point[]
  /** Number of the group of each day. */
  readonly groups: readonly number[]
  /** How far the centre that moved most has moved, round by round, in standard deviations. */
  readonly shifts: readonly number[]
}

/** A group of days that are alike. */
export interface WeatherType {
  readonly name: string
  readonly days: number
  readonly meanC: number
  readonly rangeC: number
  readonly rainMm: number
}

/** The groups that were found, and of which one each day is. */
export interface WeatherTypes {
  readonly types: readonly WeatherType[]
  readonly typeOfDay: readonly {
    readonly date: string
    readonly meanC: number
    readonly rangeC: number
    readonly type: number
  }[]
  readonly shifts: readonly number[]
}

/** Prepares the search for `count` groups. The first centres are days that are far apart, so the same days give the same groups. */
export function beginGrouping(days: readonly Day[], count: number): Grouping {
  const points = toPoints(days)
  const origin = points[0]?.map(() => 0) ?? []
  const centres: Point[] = [points[minIndex(points, (point) => distance(point, origin))] ?? origin]
  while (centres.length < count) {
    const farthest = maxIndex(points, (point) => Math.min(...centres.map((centre) => distance(point, centre))))
    centres.push(points[farthest] ?? origin)
  }
  return { days, points, centres, groups: [], shifts: [] }
}

/** Puts every day into the group with the nearest centre. */
export function assignDays(grouping: Grouping): Grouping {
  const groups = grouping.points.map((point) => minIndex(grouping.centres, (centre) => distance(point, centre)))
  return { ...grouping, groups }
}

/** Moves every centre into the middle of its group. */
export function moveCentres(grouping: Grouping): Grouping {
  const { points, groups } = grouping
  const centres = grouping.centres.map((centre, group) => {
    const members = points.filter((_, index) => groups[index] === group)
    return centre.map((old, axis) => mean(members, (point) => point[axis]) ?? old)
  })
  const shift = max(centres, (centre, group) => distance(centre, grouping.centres[group] ?? centre)) ?? 0
  return { ...grouping, centres, shifts: [...grouping.shifts, shift] }
}

/** Names the groups by what their days have in common, the coldest first. */
export function describeTypes({ days, groups, shifts, centres }: Grouping): WeatherTypes {
  const found = centres
    .map((_, group) => ({ group, members: days.filter((_day, index) => groups[index] === group) }))
    .filter(({ members }) => members.length > 0)
    .map(({ group, members }) => ({
      group,
      days: members.length,
      meanC: mean(members, ({ meanC }) => meanC) ?? 0,
      rangeC: mean(members, ({ highC, lowC }) => highC - lowC) ?? 0,
      rainMm: mean(members, ({ rainMm }) => rainMm) ?? 0,
    }))
    .sort((a, b) => a.meanC - b.meanC)
  const wettest = found[maxIndex(found, ({ rainMm }) => rainMm)]
  return {
    types: found.map(({ group, ...type }) => ({ ...type, name: nameOf(type, wettest?.group === group) })),
    typeOfDay: days.map(({ date, meanC, highC, lowC }, index) => ({
      date,
      meanC,
      rangeC: highC - lowC,
      type: found.findIndex(({ group }) => group === groups[index]),
    })),
    shifts,
  }
}

function nameOf({ meanC }: Omit<WeatherType, 'name'>, isWettest: boolean): string {
  if (isWettest) return 'rainy'
  return meanC < 10 ? 'cold and dry' : meanC < 17 ? 'mild and dry' : 'warm and dry'
}

/** Each quantity minus its mean, divided by its standard deviation. Rain counts by its logarithm: most days have little. */
function toPoints(days: readonly Day[]): Point[] {
  const raw = days.map(({ meanC, highC, lowC, rainMm }) => [meanC, highC - lowC, Math.log1p(rainMm)])
  const axes = [0, 1, 2].map((axis) => ({
    middle: mean(raw, (point) => point[axis]) ?? 0,
    spread: deviation(raw, (point) => point[axis]) ?? 1,
  }))
  return raw.map((point) => axes.map(({ middle, spread }, axis) => ((point[axis] ?? 0) - middle) / spread))
}

function distance(a: Point, b: Point): number {
  let squares = 0
  for (const [axis, value] of a.entries()) squares += (value - (b[axis] ?? 0)) ** 2
  return Math.sqrt(squares)
}
