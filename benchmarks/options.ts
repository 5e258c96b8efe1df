import { parseArgs } from 'node:util'
import { suiteNames } from './cases/contract.ts'
import type { SuiteName } from './cases/contract.ts'
import { engineNames } from './engines/contract.ts'
import type { EngineName } from './engines/contract.ts'

/** What the command line asks for. */
export interface BenchOptions {
  readonly suites: readonly SuiteName[]
  /** Case ids; a `*` stands for anything. */
  readonly casePatterns: readonly string[]
  readonly engines: readonly EngineName[]
  readonly graphsFolder: string | undefined
  readonly profileFolder: string | undefined
  readonly isQuick: boolean
  readonly isJson: boolean
  readonly writesDocs: boolean
  readonly usesBuild: boolean
  readonly limitSeconds: number
  readonly isHelp: boolean
  readonly isList: boolean
}

/** Printed by `--help`. */
export const usage = `npm run bench -- [options]

  --suite NAME     core, wf (real graphs, needs --graphs), redis (workers over Redis); may be repeated
                   (default: core, and wf where --graphs is given)
  --redis          the same as --suite redis
  --case PATTERN   only these cases; * stands for anything; may be repeated
  --engine NAME    ${engineNames.join(', ')}; may be repeated; the floor is always measured
  --graphs DIR     folder of real graphs: { tasks, runtimeSeconds, edges } or WfCommons' WfFormat
  --quick          short warm-ups, few samples, large cases left out: for a look, not for quoting
  --profile DIR    write a CPU profile of each process there (for Chrome's developer tools)
  --built          measure the built packages instead of the sources (npm run build first)
  --limit SECONDS  of one case on one engine (default: 120; some cases are given more)
  --json           one JSON object a line instead of a table
  --write-docs     write docs/benchmarks.md and its plots; suites that are not measured keep what stands there
  --list           print the cases and leave
  --help           print this and leave`

/** Reads the arguments. Throws with what is wrong. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      suite: { type: 'string', multiple: true, default: [] },
      case: { type: 'string', multiple: true, default: [] },
      engine: { type: 'string', multiple: true, default: [] },
      graphs: { type: 'string' },
      redis: { type: 'boolean', default: false },
      profile: { type: 'string' },
      limit: { type: 'string', default: '120' },
      quick: { type: 'boolean', default: false },
      built: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const limitSeconds = Number(values.limit)
  if (!(limitSeconds > 0)) throw new Error(`--limit ${values.limit}: give a number of seconds above 0.`)
  const suites = known('--suite', [...values.suite, ...(values.redis ? ['redis'] : [])], suiteNames)
  if (suites.includes('wf') && values.graphs === undefined) throw new Error('--suite wf needs --graphs DIR.')
  const engines = known('--engine', values.engine, engineNames)
  return {
    suites: suites.length > 0 ? suites : values.graphs === undefined ? ['core'] : ['core', 'wf'],
    casePatterns: values.case,
    engines:
      engines.length > 0 ? engineNames.filter((name) => name === 'floor' || engines.includes(name)) : engineNames,
    graphsFolder: values.graphs,
    profileFolder: values.profile,
    isQuick: values.quick,
    isJson: values.json,
    writesDocs: values['write-docs'],
    usesBuild: values.built,
    limitSeconds,
    isHelp: values.help,
    isList: values.list,
  }
}

function known<T extends string>(option: string, given: readonly string[], allowed: readonly T[]): T[] {
  return given
    .flatMap((text) => text.split(','))
    .map((name) => {
      const found = allowed.find((candidate) => candidate === name)
      if (found === undefined) throw new Error(`${option} ${name}: there are ${allowed.join(', ')}.`)
      return found
    })
}
