import { append, defineWorkflow, route, type OutputOf } from '@heddle/core'
import { z } from 'zod'
import { fillGaps, missingDates } from './calendar.ts'
import { downloadNormals, readWeather } from './read-data.ts'
import { compareWithNormals, describeMonths, describeYear, groupByYear } from './statistics.ts'
import { assignDays, beginGrouping, describeTypes, moveCentres } from './weather-types.ts'

/** Centres that move less than this, in standard deviations, have settled. */
export const settledShift = 0.002

/** What a run is started with. */
const inputSchema = z.object({
  /** CSV file of daily weather. */
  weatherFile: z.string().min(1),
  /** Where hourly climate normals are served as CSV. */
  normalsUrl: z.url(),
})

/** How unusual was the weather? A node starts when the nodes that it is `after` are done; their outputs are its `deps`, typed. */
export const seattleWeather = defineWorkflow('seattle-weather', {
  input: inputSchema,
  context: { notes: append<string>() },
})
  // Two sources, at the same time. The second one is not reliable: up to four attempts, each after a longer pause.
  .node('readWeather', async ({ input, context }) => {
    const { days, refused } = await readWeather(input.weatherFile)
    context.set(
      'notes',
      refused.map(({ line, reason }) => `Line ${line} was left out: ${reason}.`),
    )
    return days
  })
  .node('downloadNormals', { timeout: '5s', retry: { maxAttempts: 4, backoff: '150ms' } }, ({ input, signal }) =>
    downloadNormals(input.normalsUrl, signal),
  )

  // A branch: the data decide. The other way is skipped, and `days`, where both meet, runs once.
  .node('inspect', { after: 'readWeather' }, ({ input }) =>
    missingDates(input).length === 0 ? route('complete', input) : route('gaps', input),
  )
  .node('keepAsIs', { after: 'inspect', action: 'complete' }, ({ input }) => input)
  .node('fillGaps', { after: 'inspect', action: 'gaps' }, ({ input, context }) => {
    context.set('notes', [`${missingDates(input).length} missing days were filled from the days around them.`])
    return fillGaps(input)
  })
  .node('days', { after: ['keepAsIs', 'fillGaps'], join: 'all' }, ({ deps }) => deps.fillGaps ?? deps.keepAsIs ?? [])

  // A map: one visit for each year, two at a time.
  .node('compare', { after: ['days', 'downloadNormals'], join: 'every' }, ({ deps }) =>
    compareWithNormals(deps.days, deps.downloadNormals),
  )
  .map('years', { after: 'compare', over: ({ deps }) => groupByYear(deps.compare), concurrency: 2 }, (visit) =>
    describeYear(visit.item, (fraction) => visit.progress(fraction)),
  )
  .node('months', { after: 'days' }, ({ input }) => describeMonths(input))

  // A loop: assign the days, move the centres, and again, until the centres have settled.
  .node('begin', { after: 'days', params: { types: 4 } }, ({ input, params }) => beginGrouping(input, params.types))
  .node('assign', { after: 'begin', header: true, maxIterations: 200 }, ({ input }) => assignDays(input))
  .node('move', { after: 'assign' }, ({ input }) => {
    const moved = moveCentres(input)
    return (moved.shifts.at(-1) ?? 0) < settledShift ? route('settled', moved) : route('again', moved)
  })
  .edge('move', 'assign', { action: 'again' })
  .node('types', { after: 'move', action: 'settled' }, ({ input }) => describeTypes(input))

  .node('findings', { after: ['compare', 'years', 'months', 'types'], join: 'every' }, ({ deps, context }) => ({
    departures: deps.compare,
    years: deps.years,
    months: deps.months,
    weatherTypes: deps.types,
    notes: context.get('notes') ?? [],
  }))
  .build()

/** What a run finds out. */
export type Findings = NonNullable<OutputOf<typeof seattleWeather>>
