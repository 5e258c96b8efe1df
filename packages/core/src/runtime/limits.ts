import { HeddleError } from '../errors/heddle-error.ts'
import { Suggester } from '../graph/did-you-mean.ts'
import { describeKind } from '../model/describe-kind.ts'
import { isRecord } from '../model/value-kinds.ts'

/**
 * What bounds the runs of a runtime or worker beside what their blueprints say. Going past one is an error that names it, with the
 * option's name in `details.limit`. `docs/limits.md` lists all bounds, those that cannot be set too.
 */
export interface RunLimits {
  /**
   * Longest text of a value or of a snapshot, in bytes of UTF-8; of the default serializer.
   * @default 16_777_216 (16 MiB)
   */
  readonly maxBytes: number
  /**
   * How deep a value may be nested, 1 to 1000; of the default serializer.
   * @default 64
   */
  readonly maxDepth: number
  /**
   * Steps of one evaluation of an expression; of the default evaluator.
   * @default 1_000_000 (some 100 ms)
   */
  readonly maxSteps: number
  /**
   * How deep child runs may be nested, in runs: 1 lets a run have children, which have none. A subflow that would go deeper fails its
   * node; so a workflow that runs itself ends.
   * @default 32
   */
  readonly maxSubflowDepth: number
  /**
   * How many items a map may have.
   * @default 1_000_000
   */
  readonly maxMapItems: number
  /**
   * With a journal store: how many attempts of a visit may be lost with their processes before it fails with `ATTEMPT_LOST`. A worker
   * takes it as one of `ActorLimits`.
   * @default 5
   */
  readonly maxLostAttempts: number
  /**
   * Longest text of a value or of a snapshot that stays in the store itself, in bytes of UTF-8; larger ones are put aside into `blobs`. It
   * is no bound of what a run may do, and needs `blobs`.
   * @default 65_536 (64 KiB)
   */
  readonly maxInlineBytes: number
}

interface Range {
  readonly least: number
  readonly most?: number
}

const ranges: Readonly<Record<keyof RunLimits, Range>> = {
  maxBytes: { least: 1 },
  maxDepth: { least: 1, most: 1000 },
  maxSteps: { least: 1 },
  maxSubflowDepth: { least: 0 },
  maxMapItems: { least: 1 },
  maxLostAttempts: { least: 0 },
  maxInlineBytes: { least: 0 },
}

/** Which option brings the port along that would have to keep a limit, if somebody else's is given. */
const portOf: Partial<Record<keyof RunLimits, 'serializer' | 'evaluator'>> = {
  maxBytes: 'serializer',
  maxDepth: 'serializer',
  maxSteps: 'evaluator',
}

/** What is given beside limits, as far as some of them are about it. */
interface LimitingPorts {
  readonly serializer?: unknown
  readonly evaluator?: unknown
  readonly blobs?: unknown
  readonly store?: object | undefined
}

/**
 * Checks the limits that were given.
 *
 * @param others names of other limits that may stand beside them, with what is checked elsewhere
 * @returns those that were given
 * @throws HeddleError `INVALID_OPTION` for one that cannot be meant, that does not exist, or that a given port does not keep
 */
export function resolveLimits(
  given: Partial<RunLimits> = {},
  ports: LimitingPorts = {},
  others: readonly string[] = [],
): Partial<RunLimits> {
  if (!isRecord(given)) {
    const message = `limits must be an object of numbers by name, and is ${describeKind(given)}`
    throw new HeddleError('INVALID_OPTION', message, { details: { option: 'limits' } })
  }
  const limits: Partial<Record<keyof RunLimits, number>> = {}
  for (const [name, value] of Object.entries(given)) {
    if (others.includes(name) || value === undefined) continue
    if (!Object.hasOwn(ranges, name)) throw unknownLimit(name, others)
    const limit = name as keyof RunLimits
    checkRange(limit, value, ranges[limit])
    const port = portOf[limit]
    if (port !== undefined && ports[port] !== undefined) throw notKept(limit, port)
    if (limit === 'maxInlineBytes' && ports.blobs === undefined) {
      throw invalidLimit(limit, 'says what is put aside into a blob store, and there is none; give one as "blobs"')
    }
    if (limit === 'maxLostAttempts' && (ports.store === undefined || 'claim' in ports.store)) {
      throw invalidLimit(limit, 'is a limit of runs with a journal, or of a worker; give a journal store as "store"')
    }
    limits[limit] = value
  }
  return limits
}

function checkRange(limit: keyof RunLimits, given: unknown, { least, most = Number.MAX_SAFE_INTEGER }: Range): void {
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= least && given <= most) return
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} up` : `from ${least} to ${most}`
  throw invalidLimit(limit, `must be a whole number ${range}, and is ${String(given)}`, { given })
}

function notKept(limit: keyof RunLimits, port: string): HeddleError {
  return invalidLimit(limit, `is a limit of the default ${port}, and another one is given; give the limit to that one`)
}

function unknownLimit(name: string, others: readonly string[]): HeddleError {
  const names = [...new Set([...Object.keys(ranges), ...others])]
  return invalidLimit(name, `is no limit.${new Suggester().suggest(name, names, `There are ${names.join(', ')}.`)}`)
}

function invalidLimit(name: string, what: string, details: Readonly<Record<string, unknown>> = {}): HeddleError {
  const option = `limits.${name}`
  return new HeddleError('INVALID_OPTION', `${option} ${what}`, { details: { option, ...details } })
}
