import { HeddleError } from '@heddle/core'
import { Redis } from 'ioredis'
import { clientAddress } from '../connection/client-address.ts'
import { ServerLink } from '../connection/server-link.ts'
import { within } from '../connection/within.ts'
import type { RedisClient } from './redis-client.ts'
import {
  functionsProblem,
  readSettings,
  settingsError,
  settingsProblems,
  type ServerSettings,
} from './server-settings.ts'
import type { StoreSettings } from './store-options.ts'

/** The connection of a store: looks at the settings of the server before the first command, and bounds how long one may take. */
export class StoreConnection {
  readonly client: RedisClient
  private readonly settings: StoreSettings
  /** A client that was made here: it is closed with the store. */
  private readonly own: Redis | undefined
  private readonly link: ServerLink
  private opening: Promise<void> | undefined
  private isOpen = false
  private isClosed = false

  constructor(settings: StoreSettings) {
    this.settings = settings
    const { url, client, connectTimeoutMs, logger } = settings
    this.link = new ServerLink({
      name: 'the Redis of the runs',
      connectTimeoutMs,
      logger,
      address: () => this.address(),
      refusal: (said) => {
        const problem = functionsProblem(said)
        return problem && settingsError(this.address(), [problem])
      },
    })
    this.own = url === undefined ? undefined : this.connect(url)
    this.client = (client ?? this.own) as RedisClient
  }

  private connect(url: string): Redis {
    // A script may be sent twice, so one that a replica has refused is sent to the new primary.
    const client = new Redis(url, { ...this.link.survival(true), lazyConnect: true })
    this.link.watch(client)
    client.on('reconnecting', () => this.link.noteLoss())
    return client
  }

  /**
   * Makes a command, once the server may be used.
   *
   * @throws HeddleError `STORE_UNAVAILABLE` if it does not answer in time; whether the command took effect is not known then.
   *   `STORE_SETTINGS`, `ALREADY_CLOSED`
   */
  async command<T>(make: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.isOpen || this.isClosed) await this.open()
    return this.link.inTime(make(this.client), this.settings.patienceMs)
  }

  /** Connects and looks at the server; does so once, and again after a failure. @throws as {@link command} does */
  open(): Promise<void> {
    if (this.isClosed) {
      const error = new HeddleError('ALREADY_CLOSED', 'the coordination store was closed; make a new one')
      return Promise.reject(error)
    }
    this.opening ??= this.look().catch((error: unknown) => {
      this.opening = undefined
      throw error
    })
    return this.opening
  }

  private async look(): Promise<void> {
    const { connectTimeoutMs, refusesUnsafe, logger } = this.settings
    const servers = await this.link.inTime(this.link.unlessRefused(this.servers()), connectTimeoutMs)
    const problems = servers.flatMap((server) => settingsProblems(server))
    const fatal = refusesUnsafe ? problems.filter(({ isFatal }) => isFatal) : []
    if (fatal.length > 0) throw settingsError(this.address(), fatal)
    for (const { message } of problems) logger.warn({ address: this.address() }, `the Redis of the runs: ${message}`)
    this.isOpen = true
  }

  private async servers(): Promise<readonly ServerSettings[]> {
    const { client } = this
    if (client.nodes === undefined) return [await readSettings(client)]
    // The nodes of a cluster are known once it has answered something.
    await client.info()
    return Promise.all(client.nodes('master').map((node) => readSettings(node)))
  }

  /** Where the client connects to, without what is secret. */
  private address(): string {
    const { client } = this
    if (client.nodes !== undefined) return 'a Redis Cluster'
    return clientAddress(client.options)
  }

  /** Ends a connection that was made here; what was sent before is answered first, if the server is there. Idempotent. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    this.link.close()
    const { own, settings } = this
    if (own === undefined) return
    if (own.status === 'ready') {
      try {
        await within(own.quit(), settings.connectTimeoutMs)
      } catch (error) {
        settings.logger.debug({ err: error }, 'the connection ended by itself')
      }
    }
    own.disconnect()
  }
}
