import { HeddleError, silentLogger, type ILogger } from '@heddle/core'
import { checkKnownOptions, checkServerUrl, checkTime } from '../option-checks.ts'
import type { RedisClient } from './redis-client.ts'
import { resolveRetention, type Retention } from './retention.ts'

/** Options of a `redisCoordinationStore`. */
export interface RedisCoordinationStoreOptions {
  /** Address of the server: `redis://user:password@host:port/db`, or `rediss://` for TLS. Either this or `client`. */
  readonly url?: string
  /**
   * A client of ioredis, `new Redis(…)` or `new Cluster(…)`: it is used as it is and stays open. One that shall outlast a server that is
   * gone for long needs `maxRetriesPerRequest: null`.
   */
  readonly client?: RedisClient
  /** What every key begins with: letters, digits, `_`, `.`, `-`. All clients and workers need the same. @default 'heddle' */
  readonly prefix?: string
  /** How long finished runs are kept; `false`: for good. @default a week, and about the last 10,000 */
  readonly retention?: Retention | false
  /**
   * What is done about a server that would lose runs as it is set up (an eviction policy, a replica, a version that is too old): it is
   * refused with `STORE_SETTINGS`, or only told to the logger. A missing append-only file is told in both cases.
   * @default 'refuse'
   */
  readonly unsafeSettings?: 'refuse' | 'warn'
  /** How long the first operation waits for the server before it rejects, in milliseconds. @default 10_000 */
  readonly connectTimeoutMs?: number
  /**
   * How long an operation waits for the answer of a server that was there before, in milliseconds. Until then it is made as soon as the
   * server is back.
   * @default 120_000
   */
  readonly patienceMs?: number
  /** Is told of settings, and of a connection that is lost or found. @default silentLogger */
  readonly logger?: ILogger
}

/** Options of a store, checked and complete. */
export interface StoreSettings {
  readonly url: string | undefined
  readonly client: RedisClient | undefined
  readonly prefix: string
  readonly retention: Retention
  readonly refusesUnsafe: boolean
  readonly connectTimeoutMs: number
  readonly patienceMs: number
  readonly logger: ILogger
}

const known: readonly (keyof RedisCoordinationStoreOptions)[] = [
  'url',
  'client',
  'prefix',
  'retention',
  'unsafeSettings',
  'connectTimeoutMs',
  'patienceMs',
  'logger',
]

/** Checks options and fills in defaults. @throws HeddleError `INVALID_OPTION` */
export function resolveStoreOptions(options: RedisCoordinationStoreOptions): StoreSettings {
  checkKnownOptions('a coordination store', options, known)
  const { url, client, prefix = 'heddle', retention, unsafeSettings = 'refuse', logger = silentLogger } = options
  const { connectTimeoutMs = 10_000, patienceMs = 120_000 } = options
  if ((url === undefined) === (client === undefined)) {
    throw invalid('url', 'a coordination store needs its Redis: give either "url" or "client"')
  }
  if (url !== undefined) checkServerUrl(url)
  const isClient = typeof client?.fcall === 'function' && typeof client.function === 'function'
  if (client !== undefined && !isClient) {
    throw invalid('client', 'client must be a client of ioredis: new Redis(…) or new Cluster(…)')
  }
  if (typeof prefix !== 'string' || !/^[\w.-]{1,128}$/u.test(prefix)) {
    throw invalid('prefix', `prefix must match [A-Za-z0-9_.-]{1,128}`)
  }
  if (unsafeSettings !== 'refuse' && unsafeSettings !== 'warn') {
    throw invalid('unsafeSettings', 'unsafeSettings must be "refuse" or "warn"')
  }
  checkTime('connectTimeoutMs', connectTimeoutMs)
  if (typeof patienceMs !== 'number' || !(patienceMs >= 1)) {
    throw invalid('patienceMs', 'patienceMs must be a number from 1 up')
  }
  return {
    url,
    client,
    prefix,
    retention: resolveRetention(retention),
    refusesUnsafe: unsafeSettings === 'refuse',
    connectTimeoutMs,
    patienceMs,
    logger,
  }
}

function invalid(option: string, message: string): HeddleError {
  return new HeddleError('INVALID_OPTION', message, { details: { option } })
}
