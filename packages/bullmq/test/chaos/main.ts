import { parseArgs } from 'node:util'
import { runChaos } from './chaos.ts'
import { reportText } from './report-text.ts'

/**
 * The whole chaos as a command: `npm run chaos -- --runs 400`. It prints what it does and a table, and ends with code 1 if
 * anything was found that must not be.
 */
const defaults = {
  runs: '4000',
  kills: '40',
  pauses: '10',
  'pause-seconds': '20',
  restarts: '5',
  cuts: '3',
  workers: '4',
  'at-once': '60',
  twice: '0.1',
  'recovery-seconds': '15',
  'patience-seconds': '180',
  seed: String(Math.floor(Math.random() * 1_000_000)),
}

const names = Object.keys(defaults) as (keyof typeof defaults)[]
const { values } = parseArgs({
  options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const, default: defaults[name] }])),
})

function numberOf(name: keyof typeof defaults): number {
  const value = Number(values[name])
  if (Number.isFinite(value) && value >= 0) return value
  throw new Error(`--${name} must be a number from 0 up; the options are: --${names.join(' --')}`)
}

// What was started here is ended with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const begun = Date.now()
const say = (line: string): void => {
  process.stdout.write(`${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}\n`)
}

say(`seed ${numberOf('seed')}`)
const report = await runChaos(
  {
    seed: numberOf('seed'),
    runs: numberOf('runs'),
    kills: numberOf('kills'),
    pauses: numberOf('pauses'),
    restarts: numberOf('restarts'),
    cuts: numberOf('cuts'),
    workers: numberOf('workers'),
    share: numberOf('twice'),
    atOnce: numberOf('at-once'),
    pauseMs: numberOf('pause-seconds') * 1000,
    recoveryMs: numberOf('recovery-seconds') * 1000,
    patienceMs: numberOf('patience-seconds') * 1000,
  },
  say,
)
process.stdout.write(`\n${reportText(report)}\n`)
process.exitCode = report.violations.length === 0 ? 0 : 1
