import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'

/** One day of the weather record. Its temperature is the middle between the day's highest and lowest. */
export interface Day {
  /** `2012-01-31` */
  readonly date: string
  readonly highC: number
  readonly lowC: number
  readonly meanC: number
  readonly rainMm: number
}

/** A row of the file that says something impossible, and what. */
export interface RefusedRow {
  readonly line: number
  readonly reason: string
}

/** What a weather file holds. */
export interface WeatherRecord {
  readonly days: readonly Day[]
  readonly refused: readonly RefusedRow[]
}

/** The normal temperature in °C of each day of the year, by month and day: `01-31`. */
export type Normals = Readonly<Record<string, number>>

/** An empty cell is not zero. */
const measurement = z.string().trim().min(1, 'is empty').pipe(z.coerce.number())

const daySchema = z
  .object({
    date: z.iso.date(),
    precipitation: measurement.pipe(z.number().nonnegative()),
    temp_max: measurement.pipe(z.number().min(-60).max(60)),
    temp_min: measurement.pipe(z.number().min(-60).max(60)),
  })
  .refine((row) => row.temp_min <= row.temp_max, { path: ['temp_min'], error: 'is above temp_max' })

const normalSchema = z.object({ date: z.iso.datetime({ local: true }), temperature: measurement })

/** Reads daily weather from a CSV file. Rows that fail the check are left out and named. */
export async function readWeather(file: string): Promise<WeatherRecord> {
  const days: Day[] = []
  const refused: RefusedRow[] = []
  for (const { line, row } of rowsOf(await readFile(file, 'utf8'))) {
    const checked = daySchema.safeParse(row)
    if (!checked.success) {
      refused.push({ line, reason: reasonOf(checked.error) })
      continue
    }
    const { date, temp_max: highC, temp_min: lowC, precipitation: rainMm } = checked.data
    days.push({ date, highC, lowC, meanC: (highC + lowC) / 2, rainMm })
  }
  if (days.length === 0) throw new Error(`${file} has no day that can be used: ${refused[0]?.reason ?? 'no rows'}`)
  return { days: days.sort((a, b) => a.date.localeCompare(b.date)), refused }
}

/** Downloads hourly climate normals as CSV and averages them by day. Any answer but 200 is an error. */
export async function downloadNormals(url: string, signal: AbortSignal): Promise<Normals> {
  const response = await fetch(url, { signal })
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`)
  const sums = new Map<string, { total: number; hours: number }>()
  for (const { line, row } of rowsOf(await response.text())) {
    const checked = normalSchema.safeParse(row)
    if (!checked.success) throw new Error(`line ${line} of the normals: ${reasonOf(checked.error)}`)
    const { date, temperature } = checked.data
    const sum = sums.get(monthAndDay(date)) ?? { total: 0, hours: 0 }
    sums.set(monthAndDay(date), { total: sum.total + temperature, hours: sum.hours + 1 })
  }
  return Object.fromEntries([...sums].map(([day, { total, hours }]) => [day, total / hours]))
}

/** `01-31` of a date `2012-01-31…` */
export function monthAndDay(date: string): string {
  return date.slice(5, 10)
}

/** The rows by column name, each with its line number. A row with too few or too many cells is an error of the parser. */
function rowsOf(text: string): { line: number; row: unknown }[] {
  const rows: unknown[] = parse(text, { bom: true, columns: true, skip_empty_lines: true, trim: true })
  return rows.map((row, index) => ({ line: index + 2, row }))
}

function reasonOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
}
