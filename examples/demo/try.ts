import { FlowRuntime } from '@heddle/core'
import { datasetFile, openDataServer } from './data-server.ts'
import { seattleWeather } from './workflow.ts'
await using server = await openDataServer()
const runtime = new FlowRuntime()
const t = performance.now()
const handle = await runtime.start(
  seattleWeather,
  { weatherFile: datasetFile('seattle-weather.csv'), normalsUrl: server.normalsUrl },
  { journal: true },
)
const result = await handle.result()
console.log(performance.now() - t, result.status, result.errors, result.skipped, server.requests())
const f = result.output
console.log(
  f?.years.map(({ hottest, ...y }) => ({ ...y, h: hottest.date })),
  f?.weatherTypes.types,
  f?.weatherTypes.shifts.length,
  f?.notes,
)
const j = handle.journal()
const t0 = j[0]?.at ?? 0
for (const e of j)
  if (e.type.startsWith('node') || e.type.startsWith('map') || e.type === 'warning' || e.type.startsWith('run')) {
    const { output, runId, input, ...x } = e as any
    const s = JSON.stringify({ ...x, at: e.at - t0 })
    if (!/"(move|assign)"/.test(s) || /\[0\]/.test(s)) console.log(s.slice(0, 200))
  }
