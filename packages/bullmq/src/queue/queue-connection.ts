import { Redis, type Cluster } from 'ioredis'
import { clientAddress } from '../connection/client-address.ts'
import { isReplicaError } from '../connection/server-errors.ts'
import { ServerLink } from '../connection/server-link.ts'
import { within } from '../connection/within.ts'
import type { QueueSettings } from './queue-options.ts'

/** The connections of one queue: one for commands, and those that BullMQ makes of it to block on. Lost ones are made again, always. */
export class QueueConnection {
  /** For commands. */
  readonly client: Redis | Cluster
  private readonly settings: QueueSettings
  private readonly all: Set<Redis | Cluster> = new Set()
  private readonly link: ServerLink
  private isClosed = false

  constructor(settings: QueueSettings) {
    this.settings = settings
    const { connectTimeoutMs, logger } = settings
    this.link = new ServerLink({
      name: 'the Redis of the job queue',
      connectTimeoutMs,
      logger,
      address: () => addressOf(this.client),
    })
    this.client = this.watch(open(settings, this.link))
  }

  /** Listens to a client, and to all that are made of it, which BullMQ blocks on. */
  private watch<Client extends Redis | Cluster>(client: Client): Client {
    this.all.add(client)
    this.link.watch(client)
    const duplicate = client.duplicate.bind(client) as (...given: readonly unknown[]) => Redis | Cluster
    const remake = (...given: readonly unknown[]): Redis | Cluster => {
      if (isCluster(client)) return duplicate(...given)
      // BullMQ makes commands that block again itself, and on the connection that there is then.
      const { reconnectOnError } = this.link.survival(false)
      return duplicate({ ...(given[0] as object | undefined), reconnectOnError })
    }
    Object.assign(client, { duplicate: (...given: readonly unknown[]) => this.watch(remake(...given)) })
    return client
  }

  /** Something went wrong on a connection. Told once until the server is reached again. */
  noteError(error: Error): void {
    this.link.noteError(error)
  }

  /**
   * What commands answer, if they do in time.
   *
   * @throws HeddleError `STORE_UNAVAILABLE`; whether the commands took effect is not known then. `STORE_SETTINGS`
   */
  async inTime<T>(commands: Promise<T>): Promise<T> {
    const { client, link } = this
    const answer = client.status === 'ready' ? commands : link.unlessRefused(commands)
    return link.inTime(this.leavingReplica(answer), this.settings.connectTimeoutMs, () =>
      client.status === 'ready' ? 'did not answer' : 'could not be reached',
    )
  }

  /** The client does not look into the answers of a transaction: a replica that refused one is left here. */
  private async leavingReplica<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      if (isReplicaError(error)) this.client.disconnect(true)
      throw error
    }
  }

  /** Ends all connections. What was sent before is answered first, if the server is there. Idempotent. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    this.link.close()
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

/** Opens the connection for commands. Without these settings a queue would not outlive a restart of its server. */
function open({ url, connection }: QueueSettings, link: ServerLink): Redis | Cluster {
  const own = { ...link.survival(true), enableOfflineQueue: true, lazyConnect: false }
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
  return clientAddress(client.options)
}
