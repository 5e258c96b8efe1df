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

type Numbers = Readonly<Record<keyof typeof defaults, number>>

/** What is to be done, or what is to be said in its place. */
type Asked = { readonly numbers: Numbers } | { readonly text: string; readonly exitCode: number }

function usage(): string {
  const lines = names.map((name) => `  --${name.padEnd(16)} ${name === 'seed' ? 'drawn' : defaults[name]}`)
  return ['npm run chaos -- [options], with numbers from 0 up; their defaults:', ...lines].join('\n')
}

function readArguments(): Asked {
  const options = names.map((name) => [name, { type: 'string' as const, default: defaults[name] }] as const)
  let values: Readonly<Record<string, unknown>>
  try {
    values = parseArgs({
      options: { ...Object.fromEntries(options), help: { type: 'boolean', default: false } },
    }).values
  } catch (error) {
    return { text: `${(error as Error).message}\n\n${usage()}`, exitCode: 2 }
  }
  if (values['help'] === true) return { text: usage(), exitCode: 0 }
  const numbers = names.map((name) => [name, values[name] === '' ? Number.NaN : Number(values[name])] as const)
  const wrong = numbers.find(([, value]) => !(Number.isFinite(value) && value >= 0))
  if (wrong !== undefined) return { text: `--${wrong[0]} must be a number from 0 up\n\n${usage()}`, exitCode: 2 }
  return { numbers: Object.fromEntries(numbers) as Numbers }
}

// What was started here is ended with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const begun = Date.now()
const say = (line: string): void => {
  process.stdout.write(`${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}\n`)
}

async function run(numbers: Numbers): Promise<void> {
  say(`seed ${numbers.seed}`)
  const report = await runChaos(
    {
      seed: numbers.seed,
      runs: numbers.runs,
      kills: numbers.kills,
      pauses: numbers.pauses,
      restarts: numbers.restarts,
      cuts: numbers.cuts,
      workers: numbers.workers,
      share: numbers.twice,
      atOnce: numbers['at-once'],
      pauseMs: numbers['pause-seconds'] * 1000,
      recoveryMs: numbers['recovery-seconds'] * 1000,
      patienceMs: numbers['patience-seconds'] * 1000,
    },
    say,
  )
  process.stdout.write(`\n${reportText(report)}\n`)
  process.exitCode = report.violations.length === 0 ? 0 : 1
}

const asked = readArguments()
if ('numbers' in asked) await run(asked.numbers)
else {
  process.stdout.write(`${asked.text}\n`)
  process.exitCode = asked.exitCode
}
