import { constants } from 'node:os'
import { silentLogger, type HeddleError, type ILogger } from '@heddle/core'
import type { Cluster, Redis } from 'ioredis'
import { checkKnownOptions, checkServerUrl, checkTime, invalidOption } from '../option-checks.ts'

/** How a consumer ends its work when it is closed. */
export interface DrainOptions {
  /**
   * How long jobs that are under way may take until they are handled, in milliseconds; those that take longer are handed back, so that
   * another consumer gets them at once. Their handlers are not told; what they deliver later is judged by the store, as always.
   * @default Infinity
   */
  readonly withinMs?: number
  /**
   * Signals of the process on which the consumers of this queue stop taking jobs and are closed. When they are, the signal is given to
   * the process again, unless somebody else listens to it: so a process with nothing else to do ends as it would have.
   * @default []
   */
  readonly signals?: readonly NodeJS.Signals[]
}

/** How many jobs of each queue all consumers together may begin in a time. */
export interface RateLimit {
  /** From 1 up. */
  readonly max: number
  /** Length of the time, in milliseconds. */
  readonly perMs: number
}

/** Options of a `bullmqJobQueue`. */
export interface BullmqJobQueueOptions {
  /** Address of the server: `redis://user:password@host:port/db`, or `rediss://` for TLS. Either this or `connection`. */
  readonly url?: string
  /**
   * A client of ioredis whose settings are used: for a Redis Cluster, Sentinels, certificates. It is duplicated, so it may be used for
   * other things and stays open.
   */
  readonly connection?: Redis | Cluster
  /** What every key begins with: letters, digits, `_`, `.`, `-`. All clients and workers need the same. @default 'heddle' */
  readonly prefix?: string
  /** Name of the queue: letters, digits, `_`, `-`. All clients and workers need the same. @default 'jobs' */
  readonly name?: string
  /**
   * Which jobs the consumers of this queue take: those of nodes whose `config.queue` is one of these names; `default` stands for nodes
   * that name none. Jobs of a queue that nobody serves wait.
   * @default ['default']
   */
  readonly serves?: readonly string[]
  /** @default no limit */
  readonly rateLimit?: RateLimit
  readonly drain?: DrainOptions
  /**
   * After how long without a sign of life of its consumer a job counts as lost, in milliseconds; it is handed out again after one to two
   * times that. All consumers of a queue need the same.
   * @default 5000
   */
  readonly stalledAfterMs?: number
  /** After how long a job is handed out again whose handler rejected, in milliseconds. @default 1000 */
  readonly redeliverAfterMs?: number
  /** How long `enqueue` waits for the server before it rejects, in milliseconds. @default 10_000 */
  readonly connectTimeoutMs?: number
  /** Is told of connections that are lost and found, of jobs that are not ours, and of what is handed back. @default silentLogger */
  readonly logger?: ILogger
}

/** Options of a queue, checked and complete. */
export interface QueueSettings {
  readonly url: string | undefined
  readonly connection: Redis | Cluster | undefined
  readonly prefix: string
  readonly name: string
  readonly serves: readonly string[]
  readonly rateLimit: RateLimit | undefined
  readonly drainWithinMs: number
  readonly drainSignals: readonly NodeJS.Signals[]
  readonly stalledAfterMs: number
  readonly redeliverAfterMs: number
  readonly connectTimeoutMs: number
  readonly logger: ILogger
}

/** The name of the queue of nodes that name none. */
export const defaultQueueName = 'default'

const known: readonly (keyof BullmqJobQueueOptions)[] = [
  'url',
  'connection',
  'prefix',
  'name',
  'serves',
  'rateLimit',
  'drain',
  'stalledAfterMs',
  'redeliverAfterMs',
  'connectTimeoutMs',
  'logger',
]

/** Nobody can listen to these. */
const deafSignals: ReadonlySet<unknown> = new Set(['SIGKILL', 'SIGSTOP'])

/** Checks options and fills in defaults. @throws HeddleError `INVALID_OPTION` */
export function resolveQueueOptions(options: BullmqJobQueueOptions): QueueSettings {
  checkKnownOptions('a job queue', options, known)
  const { url, connection, rateLimit } = options
  checkAddress(url, connection)
  const { prefix = 'heddle', name = 'jobs', serves = [defaultQueueName] } = options
  checkText('prefix', prefix, /^[\w.-]{1,128}$/u)
  checkText('name', name, /^[\w-]{1,128}$/u)
  if (!Array.isArray(serves) || serves.length === 0 || serves.some((each) => typeof each !== 'string' || each === '')) {
    throw invalid('serves', 'a list of names of queues, with at least one', serves)
  }
  if (rateLimit !== undefined) checkRateLimit(rateLimit)
  const { stalledAfterMs = 5000, redeliverAfterMs = 1000, connectTimeoutMs = 10_000, logger = silentLogger } = options
  for (const [option, value] of Object.entries({ stalledAfterMs, redeliverAfterMs, connectTimeoutMs })) {
    checkTime(option, value)
  }
  return {
    url,
    connection,
    prefix,
    name,
    rateLimit,
    stalledAfterMs,
    redeliverAfterMs,
    connectTimeoutMs,
    logger,
    serves: [...new Set(serves)],
    ...resolveDrain(options.drain),
  }
}

function resolveDrain(drain: DrainOptions = {}): Pick<QueueSettings, 'drainWithinMs' | 'drainSignals'> {
  checkKnownOptions('a job queue', drain, ['withinMs', 'signals'], 'drain')
  const { withinMs = Infinity, signals = [] } = drain
  if (typeof withinMs !== 'number' || !(withinMs >= 0)) {
    throw invalid('drain.withinMs', 'a number of milliseconds from 0 up', withinMs)
  }
  const isHeard = (signal: unknown): boolean =>
    typeof signal === 'string' && Object.hasOwn(constants.signals, signal) && !deafSignals.has(signal)
  if (!Array.isArray(signals) || !signals.every((signal) => isHeard(signal))) {
    throw invalid('drain.signals', "a list of signals that a process can listen to, such as ['SIGTERM']", signals)
  }
  return { drainWithinMs: withinMs, drainSignals: signals }
}

function checkRateLimit(rateLimit: RateLimit): void {
  checkKnownOptions('a job queue', rateLimit, ['max', 'perMs'], 'rateLimit')
  const { max, perMs } = rateLimit
  if (!Number.isSafeInteger(max) || max < 1) throw invalid('rateLimit.max', 'a whole number from 1 up', max)
  checkTime('rateLimit.perMs', perMs)
}

function checkAddress(url: string | undefined, connection: Redis | Cluster | undefined): void {
  if ((url === undefined) === (connection === undefined)) {
    throw invalidOption('url', 'a job queue needs the address of its Redis: give either "url" or "connection"')
  }
  if (url !== undefined) checkServerUrl(url)
  if (connection === undefined) return
  // Plain JavaScript may pass anything.
  const given: Partial<Redis> | null = connection as Redis | null
  if (typeof given?.duplicate !== 'function') {
    throw invalidOption('connection', 'connection must be a client of ioredis: new Redis(…) or new Cluster(…)')
  }
  if (hasKeyPrefix(given.options)) {
    throw invalidOption(
      'connection',
      'connection must have no keyPrefix, which BullMQ does not know; give the prefix of the queue',
    )
  }
}

function hasKeyPrefix(options: object | undefined): boolean {
  const given: { readonly keyPrefix?: unknown; readonly redisOptions?: { readonly keyPrefix?: unknown } } =
    options ?? {}
  return Boolean(given.keyPrefix) || Boolean(given.redisOptions?.keyPrefix)
}

function checkText(option: string, given: string, pattern: RegExp): void {
  if (typeof given === 'string' && pattern.test(given)) return
  throw invalid(option, `a text that matches ${pattern.source}`, given)
}

function invalid(option: string, wanted: string, given: unknown): HeddleError {
  return invalidOption(option, `${option} must be ${wanted}`, { given })
}
