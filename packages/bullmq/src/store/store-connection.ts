import { HeddleError, isHeddleError } from '@heddle/core'
import { Redis } from 'ioredis'
import { within } from '../queue/within.ts'
import { failureText, withoutCommand } from '../redis-failure.ts'
import type { RedisClient } from './redis-client.ts'
import {
  functionsProblem,
  readSettings,
  settingsError,
  settingsProblems,
  type ServerSettings,
} from './server-settings.ts'
import type { StoreSettings } from './store-options.ts'

/** The longest pause between two attempts to reach the server, in milliseconds. */
const longestPauseMs = 1000

/** The connection of a store: looks at the settings of the server before the first command, and bounds how long one may take. */
export class StoreConnection {
  readonly client: RedisClient
  private readonly settings: StoreSettings
  /** A client that was made here: it is closed with the store. */
  private readonly own: Redis | undefined
  private opening: Promise<void> | undefined
  private isOpen = false
  private isClosed = false
  private isLost = false
  private lastError: Error | undefined

  constructor(settings: StoreSettings) {
    this.settings = settings
    const { url, client } = settings
    this.own = url === undefined ? undefined : this.connect(url)
    this.client = (client ?? this.own) as RedisClient
  }

  private connect(url: string): Redis {
    const client = new Redis(url, {
      lazyConnect: true,
      maxRetriesPerRequest: null,
      connectTimeout: this.settings.connectTimeoutMs,
      retryStrategy: (times) => Math.min(50 * times, longestPauseMs),
    })
    client.on('error', (error: Error) => this.noteError(error))
    client.on('close', () => this.noteLoss())
    client.on('ready', () => this.noteReady())
    return client
  }

  private noteError(error: Error): void {
    this.lastError = withoutCommand(error)
    this.noteLoss()
  }

  /** Told once until the server is reached again. */
  private noteLoss(): void {
    if (this.isLost || this.isClosed || !this.isOpen) return
    this.isLost = true
    this.settings.logger.warn({ err: this.lastError }, 'the Redis of the runs cannot be reached; tried again')
  }

  private noteReady(): void {
    if (!this.isLost) return
    this.isLost = false
    this.settings.logger.info('the Redis of the runs is reached again')
  }

  /**
   * Makes a command, once the server may be used.
   *
   * @throws HeddleError `STORE_UNAVAILABLE` if it does not answer in time; whether the command took effect is not known then.
   *   `STORE_SETTINGS`, `ALREADY_CLOSED`
   */
  async command<T>(make: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.isOpen || this.isClosed) await this.open()
    return this.inTime(make(this.client), this.settings.patienceMs)
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
    const servers = await this.inTime(this.servers(), connectTimeoutMs)
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

  private async inTime<T>(answer: Promise<T>, limitMs: number): Promise<T> {
    let problem: string
    let cause: unknown
    try {
      const found = await within(answer, limitMs)
      if (found.isInTime) return found.value
      problem = `did not answer within ${limitMs} ms`
      cause = this.lastError
    } catch (error) {
      if (isHeddleError(error)) throw error
      const refused = functionsProblem(failureText(error))
      if (refused !== undefined) throw settingsError(this.address(), [refused])
      problem = 'refused a command'
      cause = withoutCommand(error)
    }
    throw this.unavailable(problem, cause)
  }

  private unavailable(problem: string, cause: unknown): HeddleError {
    const address = this.address()
    const said = failureText(cause)
    const why = said === '' ? '' : `: ${said}`
    return new HeddleError('STORE_UNAVAILABLE', `the Redis of the runs at ${address} ${problem}${why}${mendOf(said)}`, {
      details: { address },
      retryable: true,
      cause,
    })
  }

  /** Where the client connects to, without what is secret. */
  private address(): string {
    const { client } = this
    if (client.nodes !== undefined) return 'a Redis Cluster'
    const options: { readonly host?: string; readonly port?: number; readonly path?: string } = client.options ?? {}
    const { host = '127.0.0.1', port = 6379, path } = options
    return path ?? `${host}:${port}`
  }

  /** Ends a connection that was made here; what was sent before is answered first, if the server is there. Idempotent. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
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

const mends: readonly (readonly [sign: RegExp, mend: string])[] = [
  [/^OOM|OOM command|used memory/u, 'its memory is used up: give it more, or keep fewer finished runs'],
  [/^READONLY|read.only replica/u, 'this is a replica: connect to the primary'],
  [/^MISCONF/u, 'it cannot write to its disk'],
  [/NOAUTH|WRONGPASS|NOPERM/u, 'check user name, password and rights'],
]

function mendOf(said: string): string {
  const mend = mends.find(([sign]) => sign.test(said))?.[1]
  return mend === undefined ? '; the same call may succeed later' : `; ${mend}`
}
