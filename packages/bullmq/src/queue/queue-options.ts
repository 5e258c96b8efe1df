import { HeddleError, silentLogger, type ILogger } from '@heddle/core'
import type { Cluster, Redis } from 'ioredis'

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

/** Checks options and fills in defaults. @throws HeddleError `INVALID_OPTION` */
export function resolveQueueOptions(options: BullmqJobQueueOptions): QueueSettings {
  const { url, connection, rateLimit, drain = {} } = options
  checkAddress(url, connection)
  const { prefix = 'heddle', name = 'jobs', serves = [defaultQueueName] } = options
  checkText('prefix', prefix, /^[\w.-]{1,128}$/u)
  checkText('name', name, /^[\w-]{1,128}$/u)
  if (!Array.isArray(serves) || serves.length === 0 || serves.some((each) => typeof each !== 'string' || each === '')) {
    throw invalid('serves', 'a list of names of queues, with at least one', serves)
  }
  if (rateLimit !== undefined) {
    checkNumber('rateLimit.max', rateLimit.max, Number.isSafeInteger(rateLimit.max) && rateLimit.max >= 1)
    checkNumber('rateLimit.perMs', rateLimit.perMs, isTime(rateLimit.perMs))
  }
  const { withinMs = Infinity, signals = [] } = drain
  checkNumber('drain.withinMs', withinMs, withinMs >= 0)
  const { stalledAfterMs = 5000, redeliverAfterMs = 1000, connectTimeoutMs = 10_000, logger = silentLogger } = options
  for (const [option, value] of Object.entries({ stalledAfterMs, redeliverAfterMs, connectTimeoutMs })) {
    checkNumber(option, value, isTime(value))
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
    drainWithinMs: withinMs,
    drainSignals: signals,
  }
}

function checkAddress(url: string | undefined, connection: Redis | Cluster | undefined): void {
  if ((url === undefined) === (connection === undefined)) {
    const message = 'a job queue needs the address of its Redis: give either "url" or "connection"'
    throw new HeddleError('INVALID_OPTION', message, { details: { option: 'url' } })
  }
  if (url !== undefined && !/^rediss?:\/\//u.test(url)) {
    // The address may hold a password: it is not repeated.
    const message = 'url must begin with redis:// or rediss://'
    throw new HeddleError('INVALID_OPTION', message, { details: { option: 'url' } })
  }
  if (connection !== undefined && typeof connection.duplicate !== 'function') {
    const message = 'connection must be a client of ioredis: new Redis(…) or new Cluster(…)'
    throw new HeddleError('INVALID_OPTION', message, { details: { option: 'connection' } })
  }
}

function isTime(value: number): boolean {
  return Number.isFinite(value) && value >= 1
}

function checkNumber(option: string, given: number, isFine: boolean): void {
  if (typeof given !== 'number' || !isFine) throw invalid(option, 'a number from 1 up', given)
}

function checkText(option: string, given: string, pattern: RegExp): void {
  if (typeof given === 'string' && pattern.test(given)) return
  throw invalid(option, `a text that matches ${pattern.source}`, given)
}

function invalid(option: string, wanted: string, given: unknown): HeddleError {
  return new HeddleError('INVALID_OPTION', `${option} must be ${wanted}`, { details: { option, given } })
}
