import type { Findings } from './workflow.ts'
import { signed, whole } from './report/quantities.ts'

/** The findings in a few lines, for a terminal. */
export function summary({ years, weatherTypes, notes }: Findings): string {
  const lines = years.map(({ year, departureC, interval: [low, high], rainMm, wetDays }) => {
    const surely = low > 0 ? 'warmer than normal' : high < 0 ? 'colder than normal' : 'within the normal'
    return `  ${year}  ${signed(departureC)} °C (${signed(low)} to ${signed(high)}, ${surely}), ${whole(rainMm)} mm of rain on ${wetDays} days`
  })
  const kinds = weatherTypes.types.map(({ name, days }) => `${name} (${days} days)`).join(', ')
  return [
    'Seattle against its climate normals:',
    ...lines,
    `  Kinds of day, found in ${weatherTypes.shifts.length} rounds: ${kinds}`,
    ...notes.map((note) => `  ${note}`),
  ].join('\n')
}
