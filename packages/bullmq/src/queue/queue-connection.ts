import { HeddleError, isHeddleError } from '@heddle/core'
import { Redis, type Cluster } from 'ioredis'
import type { QueueSettings } from './queue-options.ts'
import { failureText, withoutCommand } from '../redis-failure.ts'
import { within } from './within.ts'

/** The longest pause between two attempts to reach the server, in milliseconds. */
const longestPauseMs = 1000

/** How errors begin that say that the server cannot be reached, and nothing of what was asked. */
const unreachable = /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|Connection is closed/u

/** The connections of one queue: one for commands, and those that BullMQ makes of it to block on. Lost ones are made again, always. */
export class QueueConnection {
  /** For commands. */
  readonly client: Redis | Cluster
  private readonly settings: QueueSettings
  private readonly all: Set<Redis | Cluster> = new Set()
  private lastError: Error | undefined
  private isLost = false
  private isClosed = false

  constructor(settings: QueueSettings) {
    this.settings = settings
    this.client = this.watch(open(settings))
  }

  /** Listens to a client, and to all that are made of it: an error that nobody listens to would end the process. */
  private watch<Client extends Redis | Cluster>(client: Client): Client {
    this.all.add(client)
    client.on('error', (error: Error) => this.noteError(error))
    client.on('ready', () => this.noteReady())
    const duplicate = client.duplicate.bind(client) as (...given: readonly unknown[]) => Redis | Cluster
    Object.assign(client, { duplicate: (...given: readonly unknown[]) => this.watch(duplicate(...given)) })
    return client
  }

  /** Something went wrong on a connection. Told once until the server is reached again. */
  noteError(error: Error): void {
    this.lastError = withoutCommand(error)
    if (this.isClosed) return
    const { logger } = this.settings
    if (!unreachable.test(`${String((error as { code?: unknown }).code)} ${error.message}`)) {
      logger.warn({ err: error, queue: this.settings.name }, 'the job queue met an error')
      return
    }
    if (this.isLost) return
    this.isLost = true
    logger.warn({ err: error, queue: this.settings.name }, 'the server of the job queue cannot be reached; tried again')
  }

  private noteReady(): void {
    if (!this.isLost) return
    this.isLost = false
    this.settings.logger.info({ queue: this.settings.name }, 'the server of the job queue is reached again')
  }

  /**
   * What commands answer, if they do in time.
   *
   * @throws HeddleError `STORE_UNAVAILABLE`; whether the commands took effect is not known then
   */
  async inTime<T>(commands: Promise<T>): Promise<T> {
    const { connectTimeoutMs } = this.settings
    try {
      const answer = await within(commands, connectTimeoutMs)
      if (answer.isInTime) return answer.value
    } catch (error) {
      throw isHeddleError(error) ? error : this.unavailable('refused a command', withoutCommand(error))
    }
    const isUp = this.client.status === 'ready'
    throw this.unavailable(
      isUp ? `did not answer within ${connectTimeoutMs} ms` : `could not be reached within ${connectTimeoutMs} ms`,
      isUp ? undefined : this.lastError,
    )
  }

  private unavailable(what: string, cause: unknown): HeddleError {
    const address = addressOf(this.client)
    const said = failureText(cause)
    const why = said === '' ? '' : `: ${said}`
    return new HeddleError('STORE_UNAVAILABLE', `the Redis of the job queue at ${address} ${what}${why}`, {
      details: { address },
      retryable: true,
      cause,
    })
  }

  /** Ends all connections. What was sent before is answered first, if the server is there. Idempotent. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    if (this.client.status === 'ready') {
      try {
        await within(this.client.quit(), this.settings.connectTimeoutMs)
      } catch (error) {
        this.settings.logger.debug({ err: error }, 'the connection ended by itself')
      }
    }
    for (const client of this.all) client.disconnect()
  }
}

/** Settings without which a queue does not outlive a restart of its server. */
function survival(connectTimeoutMs: number): {
  readonly maxRetriesPerRequest: null
  readonly enableOfflineQueue: true
  readonly lazyConnect: false
  readonly connectTimeout: number
  readonly retryStrategy: (times: number) => number
} {
  return {
    maxRetriesPerRequest: null,
    enableOfflineQueue: true,
    lazyConnect: false,
    connectTimeout: connectTimeoutMs,
    retryStrategy: pauseBefore,
  }
}

function pauseBefore(times: number): number {
  return Math.min(50 * times, longestPauseMs)
}

function open({ url, connection, connectTimeoutMs }: QueueSettings): Redis | Cluster {
  const own = survival(connectTimeoutMs)
  if (connection === undefined) return new Redis(url ?? '', own)
  if (!isCluster(connection)) return connection.duplicate(own)
  const { maxRetriesPerRequest, connectTimeout, enableOfflineQueue, lazyConnect, retryStrategy } = own
  const redisOptions = { ...connection.options.redisOptions, maxRetriesPerRequest, connectTimeout }
  const options = { clusterRetryStrategy: retryStrategy, enableOfflineQueue, lazyConnect, redisOptions }
  // The compiler does not see that options which the client was made with can be given again.
  return connection.duplicate([], options as Parameters<Cluster['duplicate']>[1])
}

function isCluster(client: Redis | Cluster): client is Cluster {
  return client.isCluster
}

/** Where a client connects to, without what is secret. */
function addressOf(client: Redis | Cluster): string {
  if (isCluster(client)) return 'a Redis Cluster'
  const { host = '127.0.0.1', port = 6379, path } = client.options
  return path ?? `${host}:${port}`
}
