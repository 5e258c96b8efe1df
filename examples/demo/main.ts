import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { FlowRuntime } from '@heddle/core'
import { datasetFile, openDataServer } from './data-server.ts'
import { showLiveTable } from './progress/live-table.ts'
import { writePlainLines } from './progress/plain-lines.ts'
import { reportPage } from './report/page.ts'
import { summary } from './summary.ts'
import { seattleWeather } from './workflow.ts'

/** Where the report goes: the first argument, else a folder beside this file. */
const reportFile = path.resolve(process.argv[2] ?? fileURLToPath(new URL('dist/report.html', import.meta.url)))

const { blueprint } = seattleWeather
const runtime = new FlowRuntime()
const stopProgress = process.stdout.isTTY
  ? showLiveTable(runtime.eventBus, blueprint, process.stdout)
  : writePlainLines(runtime.eventBus, console.log)

await using server = await openDataServer()
const input = { weatherFile: datasetFile('seattle-weather.csv'), normalsUrl: server.normalsUrl }
const run = await runtime.start(seattleWeather, input, { journal: true })
process.once('SIGINT', () => void run.cancel('Ctrl-C'))

const { status, output, errors } = await run.result()
stopProgress()

if (status === 'completed' && output !== undefined) {
  await mkdir(path.dirname(reportFile), { recursive: true })
  await writeFile(reportFile, reportPage(output, { blueprint, journal: await run.journal() }))
  console.log(`\n${summary(output)}\n\nReport: ${pathToFileURL(reportFile).href}`)
} else {
  for (const error of errors) console.error(error)
  console.error(`The run ended as ${status}.`)
  process.exitCode = status === 'cancelled' ? 130 : 1
}
